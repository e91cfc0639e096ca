/**
 * Frames that are no request: one error inside the codecs, one kind of command outside, and how a detail for the log
 * names what is wrong.
 */
import { MAX_QUOTED_LENGTH } from "../limits.ts";
import type { Malformed } from "./command.ts";

/** Why a frame is no request. Thrown while a codec reads, and caught by that codec: see {@linkcode malformed}. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/**
 * The command for a frame whose reading threw `error`: its message becomes the detail, and the client sees `reason`.
 * Any other error is a fault of ours and is thrown again.
 */
export function malformed(error: unknown, reason: string): Malformed {
  if (error instanceof FrameError) {
    return { type: "malformed", code: 1007, reason, detail: error.message };
  }
  throw error;
}

/** Says that `field` must be `wanted` and is `current`, as {@linkcode describe} puts it. */
export function wrong(field: string, wanted: string, current: string): FrameError {
  return new FrameError(
    `Cannot read "${field}": it must be ${wanted}, current value is ${current}`,
  );
}

/**
 * A value for a detail: short ones as they are, long ones cut, lists and objects by their kind only. `literal` is how
 * a number was written.
 */
export function describe(value: unknown, literal: string = String(value)): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "number" ? clip(literal) : kindOf(value);
}

/** What kind of value it is, without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return `a ${typeof value}`;
}

/** A name in quotes, cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(clip(text));
}

function clip(text: string): string {
  return text.length > MAX_QUOTED_LENGTH ? text.slice(0, MAX_QUOTED_LENGTH) + "..." : text;
}
