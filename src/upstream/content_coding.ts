/**
 * Undoes what the `Content-Encoding` of an answer says. `fetch` undoes a lone `gzip` or `br` by itself, leaves the header
 * in place, and takes no notice of anything else.
 *
 * Rules: RFC 9110, 8.4 (a list, in the order in which the codings were applied); RFC 1950 to 1952, 7932.
 */
import type { Transform } from "node:stream";
import { CODED_PIECE_BYTES, MAX_CONTENT_CODINGS } from "../limits.ts";

/** The body as it was before its codings, or why it cannot be had. */
export type Decoded =
  | { readonly kind: "body"; readonly body: Uint8Array }
  | { readonly kind: "tooLarge" }
  /** `detail` is for logs and holds no text of the handler. */
  | { readonly kind: "undecodable"; readonly detail: string };

type Maker = (zlib: typeof import("node:zlib")) => Transform;

const BROKEN: Decoded = {
  kind: "undecodable",
  detail: "the compressed body of the answer is broken",
};

/**
 * The codings that `fetch` has left to undo, in the order in which they were applied.
 *
 * ```ts
 * import { codingsLeft } from "./content_coding.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(codingsLeft("gzip"), []);
 * assert.deepEqual(codingsLeft("x-gzip"), ["x-gzip"]);
 * assert.deepEqual(codingsLeft("Deflate, gzip, identity"), ["deflate", "gzip"]);
 * ```
 */
export function codingsLeft(header: string | null): string[] {
  if (header === null || /^\s*(?:gzip|br)\s*$/i.test(header)) return [];
  return header.split(",").map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
}

/** Undoes the codings, the last one first. Neither the body nor any step of it may exceed `max` bytes. */
export async function undoCodings(
  codings: readonly string[],
  coded: Uint8Array,
  max: number,
): Promise<Decoded> {
  if (codings.length > MAX_CONTENT_CODINGS) {
    return { kind: "undecodable", detail: "the answer has too many content codings" };
  }
  let body = coded;
  // An empty body says nothing in any coding: answers without content often keep the header.
  for (const coding of body.length === 0 ? [] : codings.toReversed()) {
    const step = coding === "br" ? await unbrotli(body, max) : await inflate(coding, body, max);
    if (step.kind !== "body") return step;
    body = step.body;
  }
  return { kind: "body", body };
}

async function inflate(coding: string, coded: Uint8Array, max: number): Promise<Decoded> {
  const maker = inflaterOf(coding, coded);
  return maker === undefined ? unknownCoding() : await collect(maker, coded, max);
}

function inflaterOf(coding: string, coded: Uint8Array): Maker | undefined {
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return (zlib) => zlib.createGunzip();
    case "deflate":
      // The name means zlib's format, but some servers have always sent the bare stream.
      return isZlib(coded) ? (zlib) => zlib.createInflate() : (zlib) => zlib.createInflateRaw();
    default:
      return undefined;
  }
}

/** RFC 1950, 2.2: method 8, and a header that is a multiple of 31. */
function isZlib(coded: Uint8Array): boolean {
  const [method = 0, flags = 0] = coded;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
}

/**
 * In two passes, because neither decoder of the runtime does the whole job: the one of `node:zlib` takes a broken stream
 * for a short one, and the web's one answers a few bytes with any number of them at once.
 */
async function unbrotli(coded: Uint8Array, max: number): Promise<Decoded> {
  const whole = brotliStream();
  if (whole === undefined) return unknownCoding();
  const measured = await collect((zlib) => zlib.createBrotliDecompress(), coded, max);
  if (measured.kind !== "body") return measured;
  const stream = new Blob([new Uint8Array(coded)]).stream().pipeThrough(whole);
  try {
    return { kind: "body", body: new Uint8Array(await new Response(stream).arrayBuffer()) };
  } catch (error) {
    if (error instanceof Error) return BROKEN;
    throw error;
  }
}

/** `undefined` where the runtime has none (Deno 2.4). */
function brotliStream(): DecompressionStream | undefined {
  try {
    return new DecompressionStream("brotli" as CompressionFormat);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function unknownCoding(): Decoded {
  return { kind: "undecodable", detail: "the Content-Encoding of the answer is not supported" };
}

async function collect(make: Maker, coded: Uint8Array, max: number): Promise<Decoded> {
  const [zlib, { Readable }] = await Promise.all([import("node:zlib"), import("node:stream")]);
  const decoder = Readable.from(piecesOf(coded)).pipe(make(zlib));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const chunk of decoder) {
      length += chunk.length;
      if (length > max) return { kind: "tooLarge" }; // leaving the loop ends the decoder
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Error) return BROKEN;
    throw error;
  }
  return { kind: "body", body: await new Blob(chunks).bytes() };
}

function* piecesOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CODED_PIECE_BYTES) {
    yield bytes.subarray(at, at + CODED_PIECE_BYTES);
  }
}
