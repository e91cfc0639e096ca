/**
 * The request headers that the API reads, collected in one pass: single look-ups would each cost a good part of the
 * pass, which metadata needs anyway.
 */
import type { RestHeaders } from "./request.ts";

/** The headers that nearly every call needs. */
export interface RequestHeaders {
  /** `Authorization`, if there is one. */
  readonly authorization: string | undefined;
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
const NO_METADATA: RequestHeaders["metadata"] = [];

/** Collects them. */
export function requestHeaders(headers: RestHeaders): RequestHeaders {
  let authorization: string | undefined;
  let length: string | undefined;
  let encoding: string | undefined;
  let type: string | undefined;
  let metadata: [string, string][] | undefined;
  headers.forEach((value, name) => {
    switch (name) {
      case "authorization":
        authorization = value;
        break;
      case "content-length":
        length = value;
        break;
      case "content-encoding":
        encoding = value;
        break;
      case "content-type":
        type = value;
        break;
      default:
        if (name.startsWith(METADATA_PREFIX)) {
          (metadata ??= []).push([name.slice(METADATA_PREFIX.length), value]);
        }
    }
  });
  return { authorization, length, encoding, type, metadata: metadata ?? NO_METADATA };
}
