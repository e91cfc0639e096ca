/**
 * Requests over HTTP by the runtime's `fetch`: no redirects, allowed addresses only, bodies read to a bound and their
 * codings undone.
 */
import type { Platform } from "../platform.ts";
import {
  type Carried,
  type Carrier,
  type CarrierAnswer,
  type CarrierFailure,
  type CarrierRequest,
  isSuccess,
} from "./carrier.ts";
import { codingsLeft, undoCodings } from "./content_coding.ts";
import type { EgressGuard } from "./egress_guard.ts";
import { untilAborted } from "./retry.ts";

const NO_BODY = new Uint8Array(0);
const GIVEN_UP: CarrierFailure = { kind: "aborted", detail: "the call was given up" };
const NOT_FOUND: CarrierFailure = { kind: "network", detail: "the host name was not found" };
const BROKEN: CarrierFailure = {
  kind: "undecodable",
  detail: "the compressed body of the answer is broken",
};

/** `http` and `https`. */
export class HttpCarrier implements Carrier {
  readonly asksPermission = true;
  readonly #platform: Platform;
  readonly #guard: EgressGuard;

  constructor(platform: Platform, guard: EgressGuard) {
    this.#platform = platform;
    this.#guard = guard;
  }

  async send(request: CarrierRequest, signal: AbortSignal): Promise<Carried> {
    const checked = this.#guard.check(request.hostname);
    const verdict = checked instanceof Promise ? await untilAborted(checked, signal) : checked;
    if (verdict === undefined) return GIVEN_UP;
    if (verdict.kind === "unresolved") return NOT_FOUND;
    if (verdict.kind === "denied") {
      return { kind: "denied", detail: `the address ${verdict.address} is not allowed` };
    }
    const { method, headers } = request;
    // A redirect could carry signed events and credentials to a foreign host, so none is followed.
    const init: RequestInit = { method, headers, redirect: "manual", signal };
    if (request.body !== undefined) init.body = request.body;
    let response: Response;
    try {
      response = await this.#platform.fetch(request.url, init);
    } catch (error) {
      return { kind: "network", detail: describeNetworkError(error) };
    }
    const { status } = response;
    const { maxBodyBytes, readsRefusals } = request;
    const succeeded = isSuccess(status);
    if (maxBodyBytes === undefined || !succeeded && !readsRefusals) {
      await release(response);
      return withoutBody(response);
    }
    const read = await readAnswer(response, maxBodyBytes);
    // What a refusal's status says counts, whatever its body is.
    return read.kind === "answer" || succeeded ? read : withoutBody(response);
  }
}

function withoutBody({ status, headers }: Response): CarrierAnswer {
  return { kind: "answer", status, headers, body: NO_BODY };
}

async function readAnswer(response: Response, max: number): Promise<Carried> {
  const { status, headers } = response;
  try {
    const read = await readBody(response, max);
    if (read === undefined) return tooLarge(max);
    const codings = codingsLeft(headers.get("content-encoding"));
    if (codings.length === 0) return { kind: "answer", status, headers, body: read };
    const decoded = await undoCodings(codings, read, max);
    if (decoded.kind === "tooLarge") return tooLarge(max);
    if (decoded.kind === "undecodable") return decoded;
    return { kind: "answer", status, headers, body: decoded.body };
  } catch (error) {
    if (isCodingError(error)) return BROKEN;
    return { kind: "cutOff", detail: `the answer broke off: ${describeNetworkError(error)}` };
  }
}

function tooLarge(max: number): CarrierFailure {
  return { kind: "tooLarge", detail: `the answer has more than ${max} bytes` };
}

/** Whether the HTTP client could not undo a coding by itself. */
function isCodingError(error: unknown): boolean {
  return error instanceof Error && /gzip|brotli|deflate/i.test(error.message);
}

/** The whole body, or `undefined` when it exceeds `max` bytes. Rejects when the connection breaks. */
async function readBody(response: Response, max: number): Promise<Uint8Array | undefined> {
  const { body, headers } = response;
  if (body === null) return NO_BODY;
  const declared = headers.get("content-length");
  if (declared !== null && !headers.has("transfer-encoding") && !headers.has("content-encoding")) {
    if (Number(declared) > max) {
      await release(response);
      return undefined;
    }
    // The HTTP client reads no further than this length, and so the fast way is bounded as well.
    if (/^\d+$/.test(declared)) return new Uint8Array(await response.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > max) return undefined; // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  const first = chunks[0];
  if (first === undefined) return NO_BODY;
  if (chunks.length === 1) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Gives the connection of an unread answer back. */
async function release(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch (error) {
    // A connection that broke meanwhile needs no release, and what it would have said is not wanted.
    if (!(error instanceof Error)) throw error;
  }
}

/** Words of errors of the runtimes -> what is said of them. Their own texts hold the whole URL with its query. */
const NETWORK_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/refused/i, "the connection was refused"],
  [/dns|lookup|not known/i, "the host name was not found"],
  [/certificate|tls|ssl|unknownissuer/i, "the TLS handshake failed"],
  [/reset/i, "the connection was reset"],
  [/blocked/i, "the port is one that HTTP clients refuse to use"],
  [/unreachable|no route/i, "the host is unreachable"],
  [/parse|invalid|too large/i, "the answer is not HTTP"],
  [/closed|incomplete|eof|broken pipe|sendrequest/i, "the connection was closed early"],
];

function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return "the network failed";
  const cause = error.cause instanceof Error ? error.cause.message : "";
  // Without the URL, whose host or path could hold these very words.
  const text = `${error.message} ${cause}`.replace(/\(?https?:\/\/\S+/gi, "");
  return NETWORK_ERRORS.find(([words]) => words.test(text))?.[1] ?? "the network failed";
}
