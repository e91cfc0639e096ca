/**
 * The request headers that a body brings along, collected in one pass: single look-ups in between would each cost as
 * much as the pass, which metadata needs anyway.
 */

/** What the headers say about the body. */
export interface BodyHeaders {
  /** `Content-Length`, if there is one. */
  readonly length: string | undefined;
  /** `Content-Encoding`, if there is one. */
  readonly encoding: string | undefined;
  /** `Content-Type`, if there is one. */
  readonly type: string | undefined;
  /** `X-WebPubSub-Metadata-*`: keys in lower case, values as sent. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

const METADATA_PREFIX = "x-webpubsub-metadata-";
const NO_METADATA: BodyHeaders["metadata"] = [];

/** Collects them. */
export function bodyHeaders(headers: Headers): BodyHeaders {
  let length: string | undefined;
  let encoding: string | undefined;
  let type: string | undefined;
  let metadata: [string, string][] | undefined;
  headers.forEach((value, name) => {
    if (name === "content-length") length = value;
    else if (name === "content-encoding") encoding = value;
    else if (name === "content-type") type = value;
    else if (name.startsWith(METADATA_PREFIX)) {
      (metadata ??= []).push([name.slice(METADATA_PREFIX.length), value]);
    }
  });
  return { length, encoding, type, metadata: metadata ?? NO_METADATA };
}
