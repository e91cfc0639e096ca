/**
 * `X-WebPubSub-Metadata-*` headers of a send.
 */
import { badRequest } from "../errors.ts";
import type { Metadata } from "../protocol/command.ts";
import { checkMetadata, MetadataError } from "../protocol/metadata.ts";

const PREFIX = "x-webpubsub-metadata-";

/**
 * The metadata in the headers of a request: keys in lower case; of a repeated header, or of a value with commas, what
 * follows the last comma counts, since HTTP lets anybody on the way join lines with commas.
 *
 * @throws RestError 400 when a key, a value or their sum is out of bounds
 */
export function metadataOf(headers: Headers): Metadata | undefined {
  let entries: [string, string][] | undefined;
  for (const [name, value] of headers) {
    if (!name.startsWith(PREFIX)) continue;
    const last = value.slice(value.lastIndexOf(",") + 1).trim();
    (entries ??= []).push([name.slice(PREFIX.length), last]);
  }
  if (entries === undefined) return undefined;
  const metadata = checkMetadata(entries);
  if (metadata instanceof MetadataError) throw badRequest(metadata.message, "Request");
  return metadata;
}
