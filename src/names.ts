/**
 * What a hub, group, user, event or connection may be called: the only validator of names.
 *
 * Rules: the service's data-plane specification and the official emulator.
 */
import { MAX_EVENT_NAME_LENGTH, MAX_GROUP_NAME_LENGTH, MAX_HUB_NAME_LENGTH } from "./limits.ts";

const HUB = new RegExp(`^[A-Za-z][A-Za-z0-9_\`,.\\[\\]]{0,${MAX_HUB_NAME_LENGTH - 1}}$`);
const EVENT = new RegExp(`^[A-Za-z][A-Za-z0-9_.-]{0,${MAX_EVENT_NAME_LENGTH - 1}}$`);
const NOT_BLANK = /[^\s\u0085]/;

/**
 * Tells whether `name` may name a hub: a letter, then up to 127 letters, digits or ``_`,.[]``.
 *
 * ```ts
 * import { isHubName } from "./names.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isHubName("chat"), true);
 * assert.equal(isHubName("1chat"), false);
 * ```
 */
export function isHubName(name: string): boolean {
  return HUB.test(name);
}

/** The form under which a hub is stored: hub names are compared without regard to case. */
export function hubKey(name: string): string {
  return name.toLowerCase();
}

/** Tells whether `name` may name a group: 1-1024 UTF-16 units, not all white space, no line feed. Case matters. */
export function isGroupName(name: string): boolean {
  return name.length <= MAX_GROUP_NAME_LENGTH && !name.includes("\n") && NOT_BLANK.test(name);
}

/** Tells whether `name` may name an event: a letter, then up to 127 letters, digits or `_.-`. */
export function isEventName(name: string): boolean {
  return EVENT.test(name);
}

/** Tells whether a user id or a connection id given to REST is usable: it holds more than white space. */
export function isPresent(name: string): boolean {
  return NOT_BLANK.test(name);
}
