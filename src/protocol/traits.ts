/**
 * The traits of every client language in one table: known from the handshake on, also while a codec is not loaded yet.
 * A new language takes the next shape.
 */
import type { Framing, Traits } from "./event.ts";

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
  raw: { shape: 0, hasAcks: false, embedsJson: false, embedsAny: false },
  json: { shape: 1, hasAcks: true, embedsJson: true, embedsAny: false },
  // JSON travels as a string field there, which any text fits.
  protobuf: { shape: 2, hasAcks: true, embedsJson: false, embedsAny: true },
};
