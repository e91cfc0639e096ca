/**
 * The runtime's HTTP server, where the native transport lives: its requests and answers as the plain data that both
 * transports share.
 */
import { MAX_TARGET_BYTES } from "../limits.ts";
import type { RestBody, RestRequest, RestResponse } from "../rest/request.ts";
import { type HttpListener, LastingHttp } from "../transport/lasting_http.ts";
import type { GuardContext } from "../transport/listener_guard.ts";
import { isClientTarget } from "../transport/client_url.ts";
import { type NativeContext, serveClient } from "../transport/native.ts";
import { targetOf } from "./raw_target.ts";

/** What the listener needs. */
export interface NativeListenerContext extends GuardContext {
  /** What clients are served with; `undefined` until the port is known. */
  clients(): NativeContext | undefined;
  isStopping(): boolean;
  /** Answers what is not for the client endpoint. */
  answer(request: RestRequest): RestResponse | Promise<RestResponse>;
  /** A fault of ours. */
  failed(error: unknown): void;
}

/**
 * Listens for clients and for everybody else.
 *
 * @throws Deno.errors.AddrInUse when the port is taken
 */
export function listenNatively(
  context: NativeListenerContext,
  hostname: string,
  port: number,
): LastingHttp {
  return new LastingHttp(context, (port) => listenOnce(context, hostname, port), port);
}

function listenOnce(context: NativeListenerContext, hostname: string, port: number): HttpListener {
  const http = Deno.serve({
    port,
    hostname,
    onListen: () => {},
    onError: (error) => {
      context.failed(error);
      return new Response(null, { status: 500 });
    },
  }, (request) => serve(request, context));
  const { addr, finished } = http;
  return { port: addr.port, finished, shutdown: () => http.shutdown() };
}

function serve(request: Request, context: NativeListenerContext): Response | Promise<Response> {
  const clients = context.clients();
  if (context.isStopping() || clients === undefined) return new Response(null, { status: 503 });
  const target = targetOf(request.url);
  if (target.length > MAX_TARGET_BYTES) return new Response(null, { status: 414 });
  if (isClientTarget(target)) return serveClient(request, target, clients);
  const expectation = request.headers.get("expect");
  if (expectation !== null && expectation.toLowerCase() !== "100-continue") {
    return new Response(null, { status: 417 });
  }
  const answered = context.answer(requestOf(request, target));
  return answered instanceof Promise ? answered.then(responseOf) : responseOf(answered);
}

function requestOf(request: Request, target: string): RestRequest {
  const { method, headers, url } = request;
  const scheme = url.startsWith("https:") ? "https" : "http";
  return { method, target, scheme, headers, body: (limit) => bodyOf(request, limit) };
}

/** `request.body` would make a stream, which costs more than all the rest: it is for bodies of unknown length. */
async function bodyOf(request: Request, limit: number): Promise<RestBody> {
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > limit) return "tooLong";
  try {
    return length === null ? await readStream(request.body, limit) : await request.bytes();
  } catch {
    // The client has left, or its chunks make no sense: whatever the runtime calls it, there is no body.
    return "broken";
  }
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<RestBody> {
  if (stream === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (length > limit) return "tooLong";
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** The runtime adds `Content-Length: 0` where it belongs, thus not to 204. */
function responseOf({ status, headers, body }: RestResponse): Response {
  return new Response(body ?? null, { status, headers });
}
