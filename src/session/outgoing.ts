/**
 * One message on its way to any number of clients: encoded at most once for each shape among them.
 */
import type { Codec, Frame, Message } from "../protocol/event.ts";

/** The part of a client language that makes frames of a message. */
export type Encoder = Pick<Codec, "shape" | "encodeMessage" | "withSequenceId">;

/** Stands for no shape and for no number: both are never negative. */
const NONE = -1;

/**
 * A message with its deadline and the frames made of it so far.
 *
 * ```ts
 * import { jsonCodec } from "../protocol/json.ts";
 * import { Outgoing } from "./outgoing.ts";
 * import assert from "node:assert/strict";
 * const payload = { kind: "text", text: "hi" } as const;
 * const outgoing = new Outgoing(
 *   { type: "message", group: "g", fromUserId: undefined, payload, metadata: undefined },
 *   0,
 * );
 * assert.equal(outgoing.frame(jsonCodec), outgoing.frame(jsonCodec));
 * ```
 */
export class Outgoing {
  readonly message: Message;
  /** Clock time (ms) after which it must not be delivered late; 0 = never expires. */
  readonly expiresAt: number;
  /** By shape. */
  readonly #frames: (Frame | undefined)[] = [];
  #numbered: Frame | undefined = undefined;
  #number = NONE;
  #numberedShape = NONE;

  constructor(message: Message, expiresAt: number) {
    this.message = message;
    this.expiresAt = expiresAt;
  }

  /** The frame that all receivers of the encoder's shape share. */
  frame(encoder: Encoder): Frame {
    const { shape } = encoder;
    const made = this.#frames[shape];
    if (made !== undefined) return made;
    return this.#frames[shape] = encoder.encodeMessage(this.message);
  }

  /**
   * The frame with the number by which its receiver acknowledges it. Members of one group mostly stand at the same
   * number, so the last result is kept and shared by the next receiver at that number.
   */
  numbered(encoder: Encoder, number: number): Frame {
    const { shape } = encoder;
    if (
      this.#numbered !== undefined && this.#number === number && this.#numberedShape === shape
    ) return this.#numbered;
    this.#number = number;
    this.#numberedShape = shape;
    return this.#numbered = encoder.withSequenceId(this.frame(encoder), number);
  }
}
