/**
 * What every codec of a client language keeps, whatever its frames look like. Each language brings a client of its own
 * making, which shares nothing with the codec: so each checks the other.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { KNOWN_SUBPROTOCOLS } from "../../src/protocol/negotiate.ts";
import { type Codec, Frame, type Message, type SystemEvent } from "../../src/protocol/event.ts";
import { TRAITS } from "../../src/protocol/traits.ts";
import { anyText, valueSource } from "../protocol/json_arbitraries.ts";
import type { Arbitraries, ClientRequest } from "./codec_arbitraries.ts";

/** The data of one WebSocket message. */
export type Data = string | Uint8Array;

/** What a client has understood of a frame. */
export interface Received {
  readonly event: SystemEvent | Message;
  readonly sequenceId: number | undefined;
}

/** A client language: its codec and its client. */
export interface Language extends Arbitraries {
  readonly name: string;
  readonly codec: Codec;
  /** What the client sends for a request. */
  write(request: ClientRequest): Data;
  /** What the client understands; throws when it cannot read the frame. */
  read(data: Data): Received;
  /** What the language has words for; `undefined` when it has none for such an event. */
  told(event: SystemEvent | Message): SystemEvent | Message | undefined;
}

/** A reason has to fit into a close frame (RFC 6455 section 5.5.1), in bytes. */
const MAX_REASON_BYTES = 123;
const MAX_DETAIL = 300;

const encoder = new TextEncoder();

/** Characters that structure texts, and some that are no characters. */
const nasty = fc.constantFrom(...'{}[]",:\\ 019eE+-.tfnu\0\n\ud800\ufeff', "é", "null");

/** Places in a frame: where, how much goes, what comes in. */
const damage = fc.array(
  fc.record({
    place: fc.nat(200),
    removed: fc.nat(4),
    text: nasty,
    bytes: fc.uint8Array({ maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Up to 2^53, with the values at which lengths of numbers change among them. */
const sequenceId = fc.oneof(
  fc.constantFrom(1, 127, 128, 16_384, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 53 - 1),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);

/** Runs the contract for one language. */
export function codecContract(language: Language): void {
  const { name, codec, request, systemEvent, message } = language;
  const reliable = KNOWN_SUBPROTOCOLS.some((known) =>
    known.framing === codec.framing && known.reliable
  );

  function test(statement: string, run: () => void): void {
    Deno.test(`codec ${name}: ${statement}`, run);
  }

  test("what a client says is what the server understands", () => {
    fc.assert(
      fc.property(request, (said) => {
        assert.deepEqual(codec.decode(language.write(said)), said);
      }),
      { seed: 91, numRuns: 1000 },
    );
  });

  test("what the server says is what a client understands, for every system event", () => {
    fc.assert(
      fc.property(systemEvent, (event) => {
        const frame = codec.encodeSystem(event);
        const told = language.told(event);
        const heard = frame === undefined ? undefined : language.read(frame.data).event;
        assert.deepEqual(heard, told);
      }),
      { seed: 92, numRuns: 500 },
    );
  });

  test("what is published is what a member gets, with and without a sequence id", () => {
    fc.assert(
      fc.property(message, sequenceId, (sent, id) => {
        const shared = codec.encodeMessage(sent);
        const before = bytesOf(shared);
        const numbered = codec.withSequenceId(shared, id);
        const heard = language.read(shared.data);
        assert.deepEqual(heard, { event: language.told(sent), sequenceId: undefined });
        assert.deepEqual(language.read(numbered.data), {
          event: heard.event,
          sequenceId: reliable ? id : undefined,
        });
        assert.deepEqual(bytesOf(shared), before, "the shared frame must stay as it is");
      }),
      { seed: 93, numRuns: 1000 },
    );
  });

  test("the length of every frame is that of its bytes on the wire", () => {
    fc.assert(
      fc.property(systemEvent, message, anyText, sequenceId, (event, sent, text, id) => {
        const odd = codec.encodeMessage({ ...sent, payload: { kind: "text", text } });
        for (const frame of [codec.encodeSystem(event), odd, codec.withSequenceId(odd, id)]) {
          if (frame !== undefined) assert.equal(frame.byteLength, bytesOf(frame).length);
        }
      }),
      { seed: 94, numRuns: 300 },
    );
  });

  test("pong is one frame for all clients", () => {
    assert.equal(codec.encodeSystem({ type: "pong" }), codec.encodeSystem({ type: "pong" }));
  });

  test("noise of every kind is read or refused, and never throws", () => {
    const noise = fc.oneof(fc.uint8Array({ maxLength: 80 }), anyText, valueSource);
    fc.assert(
      fc.property(noise, (data) => judged(codec, data)),
      { seed: 95, numRuns: 3000 },
    );
  });

  test("a damaged request is read or refused, and never throws", () => {
    fc.assert(
      fc.property(request, damage, fc.boolean(), (said, places, binary) => {
        const data = language.write(said);
        if (typeof data !== "string") {
          let bytes = [...data];
          for (const { place, removed, bytes: inserted } of places) {
            const at = place % (bytes.length + 1);
            bytes = [...bytes.slice(0, at), ...inserted, ...bytes.slice(at + removed)];
          }
          judged(codec, Uint8Array.from(bytes));
          return;
        }
        let text = data;
        for (const { place, removed, text: inserted } of places) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + inserted + text.slice(at + removed);
        }
        judged(codec, binary ? encoder.encode(text) : text);
      }),
      { seed: 96, numRuns: 2000 },
    );
  });

  test("bytes in a larger buffer are read within their bounds and left as they are", () => {
    fc.assert(
      fc.property(request, (said) => {
        const data = language.write(said);
        const bytes = typeof data === "string" ? encoder.encode(data) : data;
        const buffer = new Uint8Array(bytes.length + 20).fill(0x22);
        buffer.set(bytes, 7);
        const before = buffer.slice();
        const within = codec.decode(buffer.subarray(7, 7 + bytes.length));
        assert.deepEqual(within, codec.decode(bytes));
        assert.deepEqual(buffer, before);
      }),
      { seed: 97, numRuns: 200 },
    );
  });

  test("its traits stand in the table, also before the codec is loaded", () => {
    const { shape, hasAcks, embedsJson, embedsAny } = codec;
    assert.deepEqual({ shape, hasAcks, embedsJson, embedsAny }, TRAITS[codec.framing]);
  });

  test("has acks: there is a frame for an ack exactly when a client can ask for one", () => {
    const ack = codec.encodeSystem({ type: "ack", ackId: 1n, error: undefined });
    assert.equal(ack !== undefined, codec.hasAcks);
    const asking = fc.sample(request, { seed: 98, numRuns: 200 }).map((said) =>
      codec.decode(language.write(said))
    );
    assert.equal(
      asking.some((command) => "ackId" in command && command.ackId !== undefined),
      codec.hasAcks,
    );
  });

  test("embeds JSON: text that is no JSON breaks the frame exactly then", () => {
    assert.equal(isReadable({ kind: "json", text: "{" }), !codec.embedsJson);
  });

  test("embeds Any: bytes that are no Any break the frame exactly then", () => {
    assert.equal(isReadable({ kind: "protobuf", bytes: Uint8Array.of(10, 5) }), !codec.embedsAny);
  });

  function isReadable(payload: Message["payload"]): boolean {
    const frame = codec.encodeMessage({
      type: "message",
      group: "g",
      fromUserId: undefined,
      payload,
      metadata: undefined,
    });
    try {
      language.read(frame.data);
      return true;
    } catch {
      return false;
    }
  }
}

/** The frame is understood, or refused with a reason that fits into a close frame and a detail that fits into a log. */
function judged(codec: Codec, data: Data): void {
  const command = codec.decode(data);
  if (command.type !== "malformed") return;
  assert(command.code === 1003 || command.code === 1007, String(command.code));
  assert(encoder.encode(command.reason).length <= MAX_REASON_BYTES, command.reason);
  assert(command.detail.length > 0 && command.detail.length < MAX_DETAIL, command.detail);
}

function bytesOf({ data }: Frame): Uint8Array {
  return typeof data === "string" ? encoder.encode(data) : data.slice();
}
