/**
 * `X-WebPubSub-Metadata-*` headers of a send.
 */
import { badRequest } from "../errors.ts";
import type { Metadata } from "../protocol/command.ts";
import { checkMetadata, MetadataError } from "../protocol/metadata.ts";
import type { RequestHeaders } from "./request_headers.ts";

/**
 * The metadata of a message: of a repeated header, or of a value with commas, what follows the last comma counts,
 * since HTTP lets anybody on the way join lines with commas.
 *
 * @throws RestError 400 when a key, a value or their sum is out of bounds
 */
export function metadataOf(headers: RequestHeaders["metadata"]): Metadata | undefined {
  if (headers.length === 0) return undefined;
  const metadata = checkMetadata(headers.map(([key, value]) => [key, lastPart(value)]));
  if (metadata instanceof MetadataError) throw badRequest(metadata.message, "Request");
  return metadata;
}

function lastPart(value: string): string {
  return value.slice(value.lastIndexOf(",") + 1).trim();
}
