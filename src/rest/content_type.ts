/**
 * The `Content-Type` of a request: media type and charset, by the grammar of RFC 9110.
 */

/** A media type in lower case, and the charset if one is named. */
export interface ContentType {
  readonly mediaType: string;
  readonly charset: string | undefined;
}

const TYPE = /[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER =
  /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\.)*)"))?/y;

/**
 * Reads a header value; `undefined` when it breaks the grammar.
 *
 * ```ts
 * import { parseContentType } from "./content_type.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseContentType("Text/Plain; charset=UTF-8"), { mediaType: "text/plain", charset: "utf-8" });
 * assert.equal(parseContentType('text/plain; charset="utf-8'), undefined);
 * ```
 */
export function parseContentType(value: string): ContentType | undefined {
  const text = value.trim();
  TYPE.lastIndex = 0;
  const type = TYPE.exec(text);
  if (type === null) return undefined;
  let charset: string | undefined;
  let end = TYPE.lastIndex;
  while (end < text.length) {
    PARAMETER.lastIndex = end;
    const parameter = PARAMETER.exec(text);
    if (parameter === null || PARAMETER.lastIndex === end) return undefined;
    end = PARAMETER.lastIndex;
    const [, name, token, quoted] = parameter;
    if (name?.toLowerCase() === "charset") {
      charset ??= (token ?? quoted?.replace(/\\(.)/g, "$1") ?? "").toLowerCase();
    }
  }
  return { mediaType: type[0].toLowerCase(), charset };
}
