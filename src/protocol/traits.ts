/**
 * The traits of the Web PubSub subprotocols in one table: known from the handshake on, also while a codec is not loaded
 * yet. Encoders of any language get their shape here.
 */
import type { Framing, Traits } from "./event.ts";

let shapes = 0;

/**
 * A shape that no other encoder has: two languages with the same one would get each other's frames. Called once for an
 * encoder, not for a client.
 */
export function newShape(): number {
  return shapes++;
}

/**
 * The traits of the codec of each framing.
 *
 * ```ts
 * import { TRAITS } from "./traits.ts";
 * import assert from "node:assert/strict";
 * assert.equal(TRAITS.raw.hasAcks, false);
 * assert.equal(TRAITS.json.embedsJson, true);
 * ```
 */
export const TRAITS: Readonly<Record<Framing, Traits>> = {
  raw: { shape: newShape(), hasAcks: false, embedsJson: false, embedsAny: false },
  json: { shape: newShape(), hasAcks: true, embedsJson: true, embedsAny: false },
  // JSON travels as a string field there, which any text fits.
  protobuf: { shape: newShape(), hasAcks: true, embedsJson: false, embedsAny: true },
};
