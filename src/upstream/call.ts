/**
 * One call of a handler: its attempts and pauses under one time limit, its answer read to a bound.
 */
import type { Platform } from "../platform.ts";
import type { Lane } from "./concurrency.ts";
import { codingsLeft, undoCodings } from "./content_coding.ts";
import type { Deadlines } from "./deadlines.ts";
import type { EgressGuard } from "./egress_guard.ts";
import { isRetryableStatus, pause, untilAborted } from "./retry.ts";

/** What is sent, the same on every attempt. */
export interface CallRequest {
  readonly method: "POST" | "OPTIONS" | "GET";
  readonly url: string;
  /** Host of the URL. */
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

/** How the call is made. */
export interface CallOptions {
  readonly platform: Platform;
  readonly guard: EgressGuard;
  /** The limit for all attempts, pauses and waiting for turns together. */
  readonly deadlines: Deadlines;
  /** One more attempt than there are pauses, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** Largest body that is read, in bytes after decompression; `undefined`: the body is not wanted. */
  readonly maxBodyBytes: number | undefined;
  /** Where the attempts take their turns; the caller has entered it. */
  readonly lane: Lane;
  /** Aborts the call. */
  readonly signal: AbortSignal | undefined;
}

/** Any answer, whatever its status. */
export interface CallAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Headers;
  /** Empty when it was not wanted and for every status but 2xx. */
  readonly body: Uint8Array;
  readonly attempts: number;
}

/**
 * No usable answer. `network`: none came, on any attempt. `timeout`: the limit was reached. `aborted`: the caller gave
 * up. `tooLarge`, `cutOff`, `undecodable`: the body of a 2xx answer. `denied`: the address is not allowed. `overloaded`:
 * no turn.
 */
export interface CallFailure {
  readonly kind:
    | "network"
    | "timeout"
    | "aborted"
    | "tooLarge"
    | "cutOff"
    | "undecodable"
    | "denied"
    | "overloaded";
  /** For logs: never holds the URL. */
  readonly detail: string;
  readonly attempts: number;
}

export type CallResult = CallAnswer | CallFailure;

/** Whether an answer is a success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

const NO_BODY = new Uint8Array(0);

/** Makes the call. Never rejects. */
export async function callHandler(
  request: CallRequest,
  options: CallOptions,
): Promise<CallResult> {
  const { platform, pausesMs, signal, deadlines } = options;
  const controller = new AbortController();
  const deadline = deadlines.start(controller);
  const abort = () => controller.abort();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    for (let attempts = 1;; attempts++) {
      const result = await attempt(request, options, controller.signal, attempts);
      const again = pausesMs[attempts - 1];
      // An answer that is final counts even when the limit was reached while it was read.
      if (result.kind === "answer" && !isRetryableStatus(result.status)) return result;
      if (!controller.signal.aborted) {
        if (again === undefined || !isWorthRetrying(result)) return result;
        if (await pause(platform, again, controller.signal)) continue;
      }
      return deadline.expired
        ? { kind: "timeout", detail: `no answer within ${deadlines.ms} ms`, attempts }
        : { kind: "aborted", detail: "the caller gave up", attempts };
    }
  } finally {
    deadlines.end(deadline);
    signal?.removeEventListener("abort", abort);
  }
}

function isWorthRetrying(result: CallResult): boolean {
  return result.kind === "answer" ? isRetryableStatus(result.status) : result.kind === "network";
}

async function attempt(
  request: CallRequest,
  options: CallOptions,
  signal: AbortSignal,
  attempts: number,
): Promise<CallResult> {
  const { lane, guard } = options;
  if (!lane.tryStart() && !await lane.turn(signal)) return gaveUp(attempts);
  try {
    const checked = guard.check(request.hostname);
    const verdict = checked instanceof Promise ? await untilAborted(checked, signal) : checked;
    if (verdict === undefined) return gaveUp(attempts);
    if (verdict.kind === "unresolved") {
      return { kind: "network", detail: "the host name was not found", attempts };
    }
    if (verdict.kind === "denied") {
      return { kind: "denied", detail: `the address ${verdict.address} is not allowed`, attempts };
    }
    return await exchange(request, options, signal, attempts);
  } finally {
    lane.finish();
  }
}

function gaveUp(attempts: number): CallFailure {
  return { kind: "aborted", detail: "the call was given up", attempts };
}

async function exchange(
  request: CallRequest,
  options: CallOptions,
  signal: AbortSignal,
  attempts: number,
): Promise<CallResult> {
  let response: Response;
  try {
    const { method, headers } = request;
    // A redirect could carry signed events and credentials to a foreign host, so none is followed.
    const init: RequestInit = { method, headers, redirect: "manual", signal };
    if (request.body !== undefined) init.body = request.body;
    response = await options.platform.fetch(request.url, init);
  } catch (error) {
    return { kind: "network", detail: describeNetworkError(error), attempts };
  }
  const { status, headers } = response;
  if (!isSuccess(status) || options.maxBodyBytes === undefined) {
    await release(response);
    return { kind: "answer", status, headers, body: NO_BODY, attempts };
  }
  try {
    const max = options.maxBodyBytes;
    const read = await readBody(response, max);
    if (read === undefined) return tooLarge(max, attempts);
    const codings = codingsLeft(headers.get("content-encoding"));
    if (codings.length === 0) return { kind: "answer", status, headers, body: read, attempts };
    const decoded = await undoCodings(codings, read, max);
    if (decoded.kind === "tooLarge") return tooLarge(max, attempts);
    if (decoded.kind === "undecodable") return { ...decoded, attempts };
    return { kind: "answer", status, headers, body: decoded.body, attempts };
  } catch (error) {
    if (isCodingError(error)) {
      return {
        kind: "undecodable",
        detail: "the compressed body of the answer is broken",
        attempts,
      };
    }
    const detail = `the answer broke off: ${describeNetworkError(error)}`;
    return { kind: "cutOff", detail, attempts };
  }
}

function tooLarge(max: number, attempts: number): CallFailure {
  return { kind: "tooLarge", detail: `the answer has more than ${max} bytes`, attempts };
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
