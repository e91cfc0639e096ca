/**
 * Byte streams as a broken or hostile client sends them: random ones, frames in random order, and right ones with
 * bytes changed. A seed brings them back.
 */
import { CASES } from "./cases.ts";
import { frame, join } from "./client_frames.ts";

/** Numbers from 0 to below 1. */
export type Random = () => number;

/** Longest case that is taken for a change, in bytes. */
const MAX_CHANGED = 3000;
const OPCODES = [0, 1, 1, 1, 2, 2, 8, 9, 10, 3];
const SAMPLES = CASES.map(({ chunks }) => join(...chunks))
  .filter(({ length }) => length > 0 && length <= MAX_CHANGED);

/** An integer from 0 to below `end`. */
export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

/** Up to `maxLength` bytes, and at least one. */
export function randomBytes(random: Random, maxLength: number): Uint8Array {
  return Uint8Array.from({ length: 1 + below(random, maxLength) }, () => below(random, 256));
}

/** `bytes` with one to four of them set, flipped in a bit, left out or doubled. */
export function changed(random: Random, bytes: Uint8Array): Uint8Array {
  const result = [...bytes];
  for (let left = 1 + below(random, 4); left > 0; left--) {
    // Most rules lie in the first bytes.
    const at = below(random, random() < 0.5 ? Math.min(16, result.length) : result.length);
    const value = result[at] ?? 0;
    switch (below(random, 4)) {
      case 0:
        result[at] = below(random, 256);
        break;
      case 1:
        result[at] = value ^ (1 << below(random, 8));
        break;
      case 2:
        result.splice(at, 1);
        break;
      default:
        result.splice(at, 0, value);
    }
  }
  return new Uint8Array(result);
}

/** What a client could send after its handshake. */
export function clientStream(random: Random): Uint8Array {
  switch (below(random, 4)) {
    case 0:
      return randomBytes(random, 400);
    case 1: {
      // A right header, then anything.
      const first = [0x81, 0x82, 0x88, 0x89, 0x8a, 0x01, 0x02][below(random, 7)] ?? 0x81;
      return join(new Uint8Array([first, 0x80 | below(random, 128)]), randomBytes(random, 300));
    }
    case 2: {
      const frames = Array.from({ length: 1 + below(random, 8) }, () => {
        const letters = "*".repeat(below(random, 300));
        const payload = random() < 0.7 ? letters : randomBytes(random, 120);
        return frame(OPCODES[below(random, OPCODES.length)] ?? 1, payload, { fin: random() < 0.8 });
      });
      return join(...frames);
    }
    default:
      return changed(random, SAMPLES[below(random, SAMPLES.length)] ?? new Uint8Array([0x81]));
  }
}
