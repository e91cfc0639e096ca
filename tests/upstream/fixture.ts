/** What the tests of the event handlers share. */
import assert from "node:assert/strict";
import type { EventSource, HandlerAnswer, HandlerRequest } from "../../src/hub/ports.ts";
import type { Log, LogFields } from "../../src/ports.ts";
import type { Metadata, Payload } from "../../src/protocol/command.ts";
import { TRAITS } from "../../src/protocol/traits.ts";
import { Dispatcher, type DispatcherDeps } from "../../src/upstream/dispatcher.ts";
import {
  type EgressSettings,
  type HandlerSettings,
  NO_HANDLERS,
  type UpstreamSettings,
} from "../../src/upstream/settings.ts";
import {
  type ConnectOutcome,
  readConnect,
  readReply,
  type UserEventOutcome,
} from "../../src/webpubsub/answer.ts";
import { type ClientFacts, connectRequest, eventRequest } from "../../src/webpubsub/request.ts";
import { FakePlatform } from "../support/fake_platform.ts";

export const ORIGIN = "rt.example.test";
const HANDLER_URL = "http://app.example.test/hooks/{hub}/{event}?code=s3cret";
export const SIGNATURE = "sha256=aa,sha256=bb";

/** Settings that let handlers be anywhere. */
export const ANY_ADDRESS: EgressSettings = { denyPrivateAddresses: false, allowedHosts: [] };

/** A client of the JSON subprotocol named mia. */
export function source(changes: Partial<EventSource> = {}): EventSource {
  return {
    hub: "chat",
    connectionId: "4f1c0b6e2d9a4c35",
    userId: "mia",
    subprotocol: "json.webpubsub.azure.v1",
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

/** What the handshake knows of mia. */
export const MIA: ClientFacts = {
  claims: { sub: ["mia"], role: ["webpubsub.sendToGroup"] },
  parameters: [["room", "a"], ["room", "b"]],
  headers: [["x-team", "blue"]],
  subprotocols: ["json.webpubsub.azure.v1", "Custom.V1"],
};

/** Her `connect`. */
export const CONNECT: HandlerRequest = connectRequest(MIA);

/** An event of a client. */
export interface ClientEvent {
  readonly name: string;
  readonly payload: Payload;
  readonly metadata: Metadata | undefined;
}

/** A text event. */
export function textEvent(name = "message", text = "hi"): ClientEvent {
  return { name, payload: { kind: "text", text }, metadata: undefined };
}

/** Raises an event of a JSON client, and reads the answer as the hub does for it. */
export function raise(
  dispatcher: Dispatcher,
  client: EventSource,
  id: number,
  { name, payload, metadata }: ClientEvent,
  signal: AbortSignal,
): UserEventOutcome | Promise<UserEventOutcome> {
  const request = eventRequest(payload, metadata);
  const answer = dispatcher.userEvent(client, id, name, request, signal);
  const read = (answer: HandlerAnswer) => {
    const outcome = readReply(answer, TRAITS.json);
    if (!outcome.ok && outcome.flaw !== undefined && answer.kind === "answered") {
      dispatcher.reportUnusable(answer, outcome.flaw);
    }
    return outcome.ok ? outcome : FAILED;
  };
  return answer instanceof Promise ? answer.then(read) : read(answer);
}

/** Raises `connect` for mia, and reads the answer as the handshake does. */
export async function connectClient(
  dispatcher: Dispatcher,
  client: EventSource,
  signal: AbortSignal,
): Promise<ConnectOutcome> {
  const answer = await dispatcher.connect(client, CONNECT, signal);
  assert(answer !== undefined);
  const outcome = readConnect(answer, MIA.subprotocols);
  if (outcome.accepted) return outcome;
  if (outcome.flaw !== undefined && answer.kind === "answered") {
    dispatcher.reportUnusable(answer, outcome.flaw);
  }
  return { accepted: false, status: outcome.status };
}

const FAILED: UserEventOutcome = { ok: false };

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
