/**
 * What the server tells a client, in one form for all subprotocols, and the codec that turns it into frames.
 */
import type { AckError } from "../errors.ts";
import type { Command, Metadata, Payload } from "./command.ts";

/** A message on its way to its receivers. */
export interface Message {
  readonly type: "message";
  /**
   * The group it was sent to; `undefined` for a message from the server (to all, to a user, to a connection, a reply).
   */
  readonly group: string | undefined;
  /** The user id of the publishing client, if it is a client and has one. */
  readonly fromUserId: string | undefined;
  readonly payload: Payload;
  readonly metadata: Metadata | undefined;
}

/** Everything but messages that the server may send. */
export type SystemEvent =
  | {
    readonly type: "connected";
    readonly connectionId: string;
    readonly userId: string | undefined;
    /** Reliable subprotocols only. */
    readonly reconnectionToken: string | undefined;
  }
  | { readonly type: "disconnected"; readonly message: string }
  /** `error` is `undefined` on success. */
  | { readonly type: "ack"; readonly ackId: bigint; readonly error: AckError | undefined }
  | { readonly type: "pong" };

/**
 * One WebSocket message, encoded once and shared by all its receivers: a string is a text message, bytes are a binary
 * one. Transports may keep their own wire form on it (`wire`), so that it too is made once.
 */
export class Frame {
  readonly data: string | Uint8Array;
  /** Wire bytes of a transport that frames by itself; made at the first send. */
  wire: Uint8Array | undefined = undefined;
  #byteLength = -1;

  constructor(data: string | Uint8Array) {
    this.data = data;
  }

  /** Length of the message in bytes (UTF-8 for text), counted when first asked for. */
  get byteLength(): number {
    if (this.#byteLength < 0) {
      this.#byteLength = typeof this.data === "string" ? utf8Length(this.data) : this.data.length;
    }
    return this.#byteLength;
  }
}

/** Bytes that `text` takes in UTF-8; a lone surrogate counts as U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** The subprotocols by framing; the reliable names share the framing of the plain ones. */
export type Framing = "raw" | "json" | "protobuf";

/** What others must know of a client language without knowing the language. `traits.ts` has those of each. */
export interface Traits {
  /**
   * Small number of the encoder, from `newShape`: receivers with the same number get the very same frame of a message. An index
   * for what is kept once for each encoder.
   */
  readonly shape: number;
  /** Requests can ask for an ack. Without acks the end of the connection is the only way to say that one failed. */
  readonly hasAcks: boolean;
  /** The text of a JSON payload becomes a part of the frame: text that is no JSON would break the whole frame. */
  readonly embedsJson: boolean;
  /** The bytes of an Any become a part of the frame: bytes that are no Any would break the whole frame. */
  readonly embedsAny: boolean;
}

/** Turns frames into commands and events into frames. Pure: no I/O, no clock, no state. */
export interface Codec extends Traits {
  readonly framing: Framing;
  /** Reads one message of a client. Never throws: bad input is a `malformed` command. */
  decode(data: string | Uint8Array): Command;
  /** `undefined` where the subprotocol has no frame for that event (simple clients). */
  encodeSystem(event: SystemEvent): Frame | undefined;
  /** One encoding serves every receiver of that framing. */
  encodeMessage(message: Message): Frame;
  /**
   * The same message with a sequence id, for reliable receivers, made from the shared frame without a new encode.
   * `sequenceId` counts from 1 and stays below 2^53.
   */
  withSequenceId(frame: Frame, sequenceId: number): Frame;
}
