/**
 * One message on its way to any number of connections: encoded at most once for each framing among them.
 */
import type { Codec, Frame, Framing, Message } from "../protocol/event.ts";

/** A message with its deadline and the frames made of it so far. */
export class Outgoing {
  readonly message: Message;
  /** Clock time (ms) after which it must not be delivered late; 0 = never expires. */
  readonly expiresAt: number;
  #raw: Frame | undefined = undefined;
  #json: Frame | undefined = undefined;
  #protobuf: Frame | undefined = undefined;
  #numbered: Frame | undefined = undefined;
  #number = 0;
  #numberedFraming: Framing = "raw";

  constructor(message: Message, expiresAt: number) {
    this.message = message;
    this.expiresAt = expiresAt;
  }

  /** The shared frame for receivers of `codec`'s framing. */
  frame(codec: Codec): Frame {
    switch (codec.framing) {
      case "json":
        return this.#json ??= codec.encodeMessage(this.message);
      case "protobuf":
        return this.#protobuf ??= codec.encodeMessage(this.message);
      case "raw":
        return this.#raw ??= codec.encodeMessage(this.message);
    }
  }

  /**
   * The frame with a sequence id. Members of one group mostly stand at the same number, so the last result is kept
   * and shared by the next receiver at that number.
   */
  numbered(codec: Codec, sequenceId: number): Frame {
    if (
      this.#numbered !== undefined && this.#number === sequenceId &&
      this.#numberedFraming === codec.framing
    ) return this.#numbered;
    this.#number = sequenceId;
    this.#numberedFraming = codec.framing;
    return this.#numbered = codec.withSequenceId(this.frame(codec), sequenceId);
  }
}
