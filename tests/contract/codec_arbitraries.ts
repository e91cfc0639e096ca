/** Random requests, system events and messages: all kinds there are, so that a new kind does not compile without one. */
import fc from "fast-check";
import type { AckError } from "../../src/errors.ts";
import { encodeAny } from "../../src/protocol/any.ts";
import type { Command, Metadata, Payload } from "../../src/protocol/command.ts";
import type { Message, SystemEvent } from "../../src/protocol/event.ts";
import { valueSource } from "../protocol/json_arbitraries.ts";

/** What a client can ask for. */
export type ClientRequest = Exclude<Command, { type: "malformed" }>;

/** What travels in a client language. */
export interface Arbitraries {
  readonly request: fc.Arbitrary<ClientRequest>;
  readonly systemEvent: fc.Arbitrary<SystemEvent>;
  readonly message: fc.Arbitrary<Message>;
}

type Kinds<T extends { readonly type: string }> = {
  readonly [K in T["type"]]: fc.Arbitrary<Extract<T, { readonly type: K }>>;
};

/** As literals are made, so that they compare equal. */
function plainRecord<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

const uint64 = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 64n - 1n));
const bytes = fc.uint8Array({ maxLength: 60 });
const eventName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,20}$/);
const metadata: fc.Arbitrary<Metadata | undefined> = fc.uniqueArray(
  fc.tuple(
    fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/),
    fc.string({ unit: "binary-ascii", maxLength: 8 }),
  ),
  { selector: ([key]) => key, maxLength: 5 },
).map((pairs) => pairs.length === 0 ? undefined : new Map(pairs));

/** `text` is any text that the language can carry: names, user ids and payloads are made of it. */
export function arbitraries(text: fc.Arbitrary<string>): Arbitraries {
  const group = text.map((name) => `g${name.replaceAll("\n", "")}`);
  const payload: fc.Arbitrary<Payload> = fc.oneof(
    text.map((value): Payload => ({ kind: "text", text: value })),
    valueSource.filter((source) => source !== "null")
      .map((source): Payload => ({ kind: "json", text: source })),
    bytes.map((value): Payload => ({ kind: "binary", bytes: value })),
    fc.tuple(fc.string({ unit: "grapheme", maxLength: 20 }), bytes)
      .map(([typeUrl, value]): Payload => ({
        kind: "protobuf",
        bytes: encodeAny({ typeUrl, value }),
      })),
  );
  const ackId = optional(uint64);
  const requests: Kinds<ClientRequest> = {
    joinGroup: plainRecord({ type: fc.constant("joinGroup"), group, ackId }),
    leaveGroup: plainRecord({ type: fc.constant("leaveGroup"), group, ackId }),
    sendToGroup: plainRecord({
      type: fc.constant("sendToGroup"),
      group,
      payload,
      metadata,
      noEcho: fc.boolean(),
      ttlSeconds: fc.nat(300),
      ackId,
    }),
    event: plainRecord({ type: fc.constant("event"), event: eventName, payload, metadata, ackId }),
    sequenceAck: plainRecord({ type: fc.constant("sequenceAck"), sequenceId: uint64 }),
    ping: plainRecord({ type: fc.constant("ping") }),
  };
  const error: fc.Arbitrary<AckError> = plainRecord({
    name: fc.constantFrom("Duplicate", "Forbidden", "InternalServerError", "BadRequest"),
    message: text.map((value) => `m${value}`),
  });
  const systemEvents: Kinds<SystemEvent> = {
    connected: plainRecord({
      type: fc.constant("connected"),
      connectionId: fc.stringMatching(/^[0-9a-f]{32}$/),
      // Never empty: an empty user id is none.
      userId: optional(text.map((value) => `u${value}`)),
      reconnectionToken: optional(fc.stringMatching(/^[0-9A-Za-z._-]{1,40}$/)),
    }),
    disconnected: plainRecord({ type: fc.constant("disconnected"), message: text }),
    ack: plainRecord({ type: fc.constant("ack"), ackId: uint64, error: optional(error) }),
    pong: plainRecord({ type: fc.constant("pong") }),
  };
  return {
    request: fc.oneof(...Object.values(requests)),
    systemEvent: fc.oneof(...Object.values(systemEvents)),
    message: plainRecord({
      type: fc.constant("message"),
      group: optional(group),
      fromUserId: optional(text),
      payload,
      metadata,
    }),
  };
}
