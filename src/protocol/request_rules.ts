/**
 * What the values of a request must be, whatever subprotocol they came in. Each rule gives the value that it has
 * checked, or throws a {@linkcode FrameError} that says what is wrong.
 *
 * Rules: the service's client specification; where it is silent, the official emulator.
 */
import { MAX_TTL_SECONDS } from "../limits.ts";
import { isEventName, isGroupName } from "../names.ts";
import { EMPTY_TEXT, type Metadata, type Payload } from "./command.ts";
import { describe, FrameError, wrong } from "./frame_error.ts";
import { checkMetadata, MetadataError } from "./metadata.ts";

/** The group of a request. */
export function checkedGroup(group: unknown): string {
  if (typeof group === "string" && isGroupName(group)) return group;
  throw wrong("group", "a group name of 1 to 1024 characters, not blank", describe(group));
}

/** The name of an event. */
export function checkedEvent(event: unknown): string {
  if (typeof event === "string" && isEventName(event)) return event;
  throw wrong("event", 'a letter and up to 127 letters, digits or "_.-"', describe(event));
}

/** How long a message lives, in seconds; `field` is what the subprotocol calls it. */
export function checkedTtl(field: string, seconds: number | bigint): number {
  if (seconds <= MAX_TTL_SECONDS) return Number(seconds);
  throw wrong(field, `at most ${MAX_TTL_SECONDS}`, String(seconds));
}

/** The payload of a request without data: metadata alone makes an empty text. */
export function payloadWithoutData(hasMetadata: boolean): Payload {
  if (hasMetadata) return EMPTY_TEXT;
  throw new FrameError('Cannot read "data": it may be absent only beside "metadata"');
}

/** The metadata of a request; `undefined` when there are no pairs. */
export function checkedMetadata(pairs: ReadonlyMap<string, string>): Metadata | undefined {
  const checked = checkMetadata(pairs);
  if (checked instanceof MetadataError) throw new FrameError(checked.message);
  return checked;
}

/** Streams are not built: what is published into one must not pass as a plain message. */
export function refuseStream(given: boolean): void {
  if (given) throw new FrameError('Cannot read "stream": streams are not supported');
}
