/**
 * Which handler gets an event: the first one of the hub's list that wants it. Each event is matched on its own.
 *
 * Rules: the service's event handler settings.
 */
import { compileEventPattern, type EventPattern } from "../events/event_pattern.ts";
import type { Flaw } from "../events/flaw.ts";
import { authHeaderFlaw, isHeaderValue } from "../events/header_rules.ts";
import { httpUrlFlaw } from "../events/http_url.ts";
import { SYSTEM_EVENTS, type SystemEvent, systemEventOf } from "../events/system_events.ts";
import { compileUrlTemplate, printableUrl, type UrlTemplate } from "../events/url_template.ts";
import type { HandlerAuth, HandlerSettings, UpstreamSettings } from "./settings.ts";

/** A handler, ready to be asked. */
export interface Handler {
  readonly template: UrlTemplate;
  readonly userEvents: EventPattern;
  readonly systemEvents: ReadonlySet<SystemEvent>;
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
  forSystem(hub: string, event: SystemEvent): Handler | undefined {
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

function compileHandler(hub: string, index: number, settings: HandlerSettings): Handler {
  const at = `event handler ${index + 1} of hub "${hub}"`;
  const compiled = compileUrlTemplate(settings.urlTemplate);
  if (!compiled.ok) {
    const shown = printableUrl(settings.urlTemplate);
    throw refusal(`URL template "${shown}"`, at, compiled.flaw);
  }
  const pattern = compileEventPattern(settings.userEventPattern);
  if (!pattern.ok) throw refusal("user event pattern", at, pattern.flaw);
  const systemEvents = new Set<SystemEvent>();
  for (const name of settings.systemEvents) {
    const event = systemEventOf(name);
    if (event === undefined) {
      const known = SYSTEM_EVENTS.map((event) => `"${event}"`).join(", ");
      throw refusal(`system event "${name}"`, at, { problem: "is unknown", fix: `use ${known}` });
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
    const flaw = authHeaderFlaw(auth.name);
    if (flaw !== undefined) throw refusal(`auth header "${auth.name}"`, at, flaw);
    if (!isHeaderValue(auth.value)) {
      throw refusal(`value of auth header "${auth.name}"`, at, {
        problem: "is empty, or has blanks at its ends or characters beyond printable ASCII",
        fix:
          "check the environment variable or the file that it is read from, also its last line feed",
      });
    }
  } else if (auth.kind === "oauth2") {
    const flaw = httpUrlFlaw(auth.tokenUrl);
    if (flaw !== undefined) throw refusal(`token URL "${printableUrl(auth.tokenUrl)}"`, at, flaw);
  }
}

function refusal(what: string, at: string, flaw: Flaw): Error {
  const { part, problem, fix } = flaw;
  const subject = part === undefined ? "it" : JSON.stringify(part);
  return new Error(`Cannot use the ${what} of ${at}: ${subject} ${problem}; ${fix}`);
}
