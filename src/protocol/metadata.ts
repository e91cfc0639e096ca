/**
 * What metadata may hold: the one set of rules for frames, REST headers and headers of event handlers.
 *
 * Rules and texts: the official emulator.
 */
import {
  MAX_METADATA_KEY_LENGTH,
  MAX_METADATA_TOTAL_LENGTH,
  MAX_METADATA_VALUE_LENGTH,
  MAX_QUOTED_LENGTH,
} from "../limits.ts";
import type { Metadata } from "./command.ts";

const KEY = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// deno-lint-ignore no-control-regex -- all of ASCII is allowed, control characters included
const ASCII = /^[\x00-\x7f]*$/;

/** Metadata that breaks a rule: a value to return, not to throw. */
export class MetadataError {
  /** One sentence for the caller, such as `Metadata key 'k' exceeds 256 bytes.`; never holds a value. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/**
 * Checks the metadata of one message. A key given twice counts once, with its last value; no pairs at all are
 * `undefined`. Case of keys is kept: who reads HTTP headers folds it first.
 *
 * ```ts
 * import { checkMetadata, MetadataError } from "./metadata.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(checkMetadata([["trace", "a1"]]), new Map([["trace", "a1"]]));
 * assert.equal(checkMetadata([]), undefined);
 * const refused = checkMetadata([["no space", "x"]]);
 * assert(refused instanceof MetadataError);
 * assert.equal(refused.message, "Metadata key 'no space' contains invalid characters.");
 * ```
 */
export function checkMetadata(
  entries: Iterable<readonly [string, string]>,
): Metadata | undefined | MetadataError {
  const pairs = new Map<string, string>(entries);
  let total = 0;
  for (const [key, value] of pairs) {
    if (!KEY.test(key)) {
      return new MetadataError(`Metadata key ${quote(key)} contains invalid characters.`);
    }
    if (key.length > MAX_METADATA_KEY_LENGTH) {
      return new MetadataError(
        `Metadata key ${quote(key)} exceeds ${MAX_METADATA_KEY_LENGTH} bytes.`,
      );
    }
    if (!ASCII.test(value)) {
      return new MetadataError(`Metadata value for key ${quote(key)} must be ASCII.`);
    }
    if (value.length > MAX_METADATA_VALUE_LENGTH) {
      return new MetadataError(
        `Metadata value for key ${quote(key)} exceeds ${MAX_METADATA_VALUE_LENGTH} bytes.`,
      );
    }
    total += key.length + value.length;
    if (total > MAX_METADATA_TOTAL_LENGTH) {
      return new MetadataError(`Metadata exceeds ${MAX_METADATA_TOTAL_LENGTH} bytes.`);
    }
  }
  return pairs.size === 0 ? undefined : pairs;
}

function quote(key: string): string {
  return key.length > MAX_QUOTED_LENGTH ? `'${key.slice(0, MAX_QUOTED_LENGTH)}...'` : `'${key}'`;
}
