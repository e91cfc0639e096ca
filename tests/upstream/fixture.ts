/** What the tests of the event handlers share. */
import type {
  ConnectRequest,
  EventSource,
  Log,
  LogFields,
  UserEvent,
} from "../../src/hub/ports.ts";
import { Dispatcher, type DispatcherDeps } from "../../src/upstream/dispatcher.ts";
import {
  type HandlerSettings,
  NO_HANDLERS,
  type UpstreamSettings,
} from "../../src/upstream/settings.ts";
import { FakePlatform } from "../support/fake_platform.ts";

export const ORIGIN = "rt.example.test";
export const HANDLER_URL = "http://app.example.test/hooks/{hub}/{event}?code=s3cret";
export const SIGNATURE = "sha256=aa,sha256=bb";

/** A client of the JSON subprotocol named mia. */
export function source(changes: Partial<EventSource> = {}): EventSource {
  return {
    hub: "chat",
    connectionId: "4f1c0b6e2d9a4c35",
    userId: "mia",
    subprotocol: "json.webpubsub.azure.v1",
    framing: "json",
    state: undefined,
    requestHost: "ignored.example.test",
    ...changes,
  };
}

/** One that takes everything. */
export function handler(changes: Partial<HandlerSettings> = {}): HandlerSettings {
  return {
    urlTemplate: HANDLER_URL,
    userEventPattern: "*",
    systemEvents: ["connect", "connected", "disconnected"],
    auth: { kind: "none" },
    ...changes,
  };
}

/** Settings with these handlers for the hub `chat`. */
export function settings(
  handlers: readonly HandlerSettings[] = [handler()],
  changes: Partial<UpstreamSettings> = {},
): UpstreamSettings {
  return { ...NO_HANDLERS, hubs: new Map([["chat", handlers]]), publicHost: ORIGIN, ...changes };
}

export const CONNECT: ConnectRequest = {
  claims: { sub: ["mia"], role: ["webpubsub.sendToGroup"] },
  query: { room: ["a", "b"] },
  headers: { "x-team": ["blue"] },
  subprotocols: ["json.webpubsub.azure.v1", "Custom.V1"],
};

/** A text event. */
export function textEvent(name = "message", text = "hi"): UserEvent {
  return { name, payload: { kind: "text", text }, metadata: undefined };
}

/** A signal that never aborts. */
export function noAbort(): AbortSignal {
  return new AbortController().signal;
}

/** Keeps every line. */
export class RecordingLog implements Log {
  readonly lines: { level: string; message: string; fields: LogFields }[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "debug", message, fields });
  }
  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "info", message, fields });
  }
  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "warn", message, fields });
  }
  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "error", message, fields });
  }

  /** The lines that an operator is meant to act on. */
  get warnings(): { message: string; fields: LogFields }[] {
    return this.lines.filter((line) => line.level === "warn" || line.level === "error");
  }

  /** Everything as one text, to search for secrets. */
  get text(): string {
    return JSON.stringify(this.lines);
  }
}

/** The answer to a validation that passes. */
export function allowed(origin = "*"): Response {
  return new Response(null, { status: 200, headers: { "WebHook-Allowed-Origin": origin } });
}

/** Answers one POST. */
export type Answer = (
  url: string,
  headers: Headers,
  init: RequestInit,
) => Response | Promise<Response>;

/** A dispatcher on a fake machine. Validations pass; events are answered by `answer`. */
export class Fixture {
  readonly platform = new FakePlatform();
  readonly log = new RecordingLog();
  readonly dispatcher: Dispatcher;
  answer: Answer = () => new Response(null, { status: 204 });
  validate: Answer = () => allowed();
  /** Addresses of host names. */
  addresses: readonly string[] = ["203.0.113.7"];

  constructor(of: UpstreamSettings = settings(), deps: Partial<DispatcherDeps> = {}) {
    this.platform.onFetch = (url, init) => {
      const headers = new Headers(init.headers);
      return init.method === "POST"
        ? this.answer(url, headers, init)
        : this.validate(url, headers, init);
    };
    this.dispatcher = new Dispatcher(of, {
      platform: this.platform,
      log: this.log,
      signature: () => SIGNATURE,
      resolveHost: () => Promise.resolve(this.addresses),
      ...deps,
    });
  }

  /** The events that were posted. */
  get posts(): { readonly url: string; readonly headers: Headers; readonly body: unknown }[] {
    return this.platform.fetched.filter(({ init }) => init.method === "POST")
      .map(({ url, init }) => ({ url, headers: new Headers(init.headers), body: init.body }));
  }

  /** The methods of the validation requests, in order. */
  get validations(): string[] {
    return this.platform.fetched.map(({ init }) => init.method ?? "").filter((m) => m !== "POST");
  }

  /** The outcome of work that needs `ms` milliseconds of fake time. */
  async after<T>(ms: number, work: T | Promise<T>): Promise<T> {
    await this.platform.advance(ms);
    return await work;
  }
}

/** Never settles until the call is aborted. */
export function never(init: RequestInit): Promise<Response> {
  return new Promise((_, reject) => {
    init.signal?.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
  });
}
