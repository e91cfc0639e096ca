/**
 * Which handler gets an event: the first one of the hub's list that wants it. Each event is matched on its own.
 *
 * Rules: the service's event handler settings; wildcards inside of a name are refused as by the official emulator.
 */
import { isEventName } from "../names.ts";
import type { HandlerAuth, HandlerSettings, UpstreamSettings } from "./settings.ts";
import { compileUrlTemplate, printableUrl, type UrlTemplate } from "./url_template.ts";

/** Events that the server itself raises for a handler. */
export type SystemEventName = "connect" | "connected" | "disconnected";

/** What became of a pattern's text. `problem` says what is wrong, `fix` what to write instead. */
export type PatternResult =
  | { readonly ok: true; readonly pattern: EventPattern }
  | { readonly ok: false; readonly problem: string; readonly fix: string };

/** The user events that a handler takes. */
export class EventPattern {
  readonly #all: boolean;
  /** Lower case. */
  readonly #names: ReadonlySet<string>;

  /** Use `compileEventPattern`. */
  constructor(all: boolean, names: ReadonlySet<string>) {
    this.#all = all;
    this.#names = names;
  }

  /** Whether the pattern has `*` or that name, in any case. */
  matches(event: string): boolean {
    return this.#all || (this.#names.size > 0 && this.#names.has(event.toLowerCase()));
  }
}

/**
 * Compiles a `userEventPattern`: entries between commas, each `*` or a literal name. `undefined` takes nothing.
 *
 * ```ts
 * import { compileEventPattern } from "./handler_match.ts";
 * import assert from "node:assert/strict";
 * const compiled = compileEventPattern("chat, Draw");
 * assert(compiled.ok);
 * assert.equal(compiled.pattern.matches("draw"), true);
 * assert.equal(compiled.pattern.matches("message"), false);
 * assert.equal(compileEventPattern("room.*").ok, false);
 * ```
 */
export function compileEventPattern(text: string | undefined): PatternResult {
  const names = new Set<string>();
  let all = false;
  for (const entry of text?.split(",") ?? []) {
    const name = entry.trim();
    if (name === "*") all = true;
    else if (name === "") continue;
    else if (isEventName(name)) names.add(name.toLowerCase());
    else if (/[*?\\]/.test(name)) {
      return {
        ok: false,
        problem: `the entry "${name}" holds a wildcard inside of a name`,
        fix: 'list the names one by one, or use "*" alone for all events',
      };
    } else {
      return {
        ok: false,
        problem: `the entry "${name}" cannot name an event`,
        fix: "use 1 to 128 characters: a letter, then letters, digits or _.-",
      };
    }
  }
  return { ok: true, pattern: new EventPattern(all, names) };
}

/** A handler, ready to be asked. */
export interface Handler {
  readonly template: UrlTemplate;
  readonly userEvents: EventPattern;
  readonly systemEvents: ReadonlySet<string>;
  readonly auth: HandlerAuth;
}

/** The handlers of all hubs. */
export class HandlerTable {
  readonly #hubs = new Map<string, readonly Handler[]>();
  readonly #templates = new Set<string>();

  /** Throws an `Error` that names the hub and the handler when a setting is invalid. */
  constructor(settings: UpstreamSettings) {
    for (const [hub, handlers] of settings.hubs) {
      this.#hubs.set(hub, handlers.map((handler, i) => compileHandler(hub, i, handler)));
    }
    for (const handlers of this.#hubs.values()) {
      for (const handler of handlers) this.#templates.add(handler.template.text);
    }
  }

  /** The first handler of the hub that takes a system event. */
  forSystem(hub: string, event: SystemEventName): Handler | undefined {
    for (const handler of this.#of(hub)) {
      if (handler.systemEvents.has(event)) return handler;
    }
    return undefined;
  }

  /** The first handler of the hub that takes a user event. */
  forUser(hub: string, event: string): Handler | undefined {
    for (const handler of this.#of(hub)) {
      if (handler.userEvents.matches(event)) return handler;
    }
    return undefined;
  }

  /** Whether some handler has that template. */
  usesTemplate(text: string): boolean {
    return this.#templates.has(text);
  }

  #of(hub: string): readonly Handler[] {
    return this.#hubs.get(hub) ?? this.#hubs.get("*") ?? [];
  }
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\x20-\x7e]+$/;
/** Headers that say what the event is, or that the HTTP client sets. */
const RESERVED =
  /^(ce-.*|webhook-.*|x-ms-client-request-id|x-webpubsub-.*|content-.*|cookie|host|connection|transfer-encoding)$/i;
const SYSTEM_EVENTS: readonly string[] = ["connect", "connected", "disconnected"];

function compileHandler(hub: string, index: number, settings: HandlerSettings): Handler {
  const at = `event handler ${index + 1} of hub "${hub}"`;
  const compiled = compileUrlTemplate(settings.urlTemplate);
  if (!compiled.ok) {
    const shown = printableUrl(settings.urlTemplate);
    throw refusal(`URL template "${shown}"`, at, compiled.problem, compiled.fix);
  }
  const pattern = compileEventPattern(settings.userEventPattern);
  if (!pattern.ok) throw refusal("user event pattern", at, pattern.problem, pattern.fix);
  const systemEvents = new Set<string>();
  for (const name of settings.systemEvents) {
    const event = name.trim().toLowerCase();
    if (!SYSTEM_EVENTS.includes(event)) {
      throw refusal(
        `system event "${name}"`,
        at,
        "there is no such event",
        `use ${SYSTEM_EVENTS.map((known) => `"${known}"`).join(", ")}`,
      );
    }
    systemEvents.add(event);
  }
  checkAuth(settings.auth, at);
  return {
    template: compiled.template,
    userEvents: pattern.pattern,
    systemEvents,
    auth: settings.auth,
  };
}

/** Never quotes a value: it is a secret. */
function checkAuth(auth: HandlerAuth, at: string): void {
  if (auth.kind === "header") {
    if (!HEADER_NAME.test(auth.name)) {
      throw refusal(
        `auth header "${auth.name}"`,
        at,
        "it cannot name a header",
        "use letters, digits and -",
      );
    }
    if (RESERVED.test(auth.name)) {
      throw refusal(
        `auth header "${auth.name}"`,
        at,
        "events use that header themselves",
        'choose another name, such as "Authorization"',
      );
    }
    if (!HEADER_VALUE.test(auth.value)) {
      throw refusal(
        `value of auth header "${auth.name}"`,
        at,
        "it is empty or holds characters beyond printable ASCII",
        "check the environment variable or the file that it is read from, also its last line feed",
      );
    }
  } else if (auth.kind === "oauth2") {
    const token = URL.canParse(auth.tokenUrl) ? new URL(auth.tokenUrl) : undefined;
    if (token === undefined || !/^https?:$/.test(token.protocol) || token.username !== "") {
      throw refusal(
        `token URL "${printableUrl(auth.tokenUrl)}"`,
        at,
        "it is not an absolute URL without user information",
        'give the "https://" URL of the token endpoint',
      );
    }
  }
}

function refusal(what: string, at: string, problem: string, fix: string): Error {
  return new Error(`Cannot use the ${what} of ${at}: ${problem}; ${fix}`);
}
