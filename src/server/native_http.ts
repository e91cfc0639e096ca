/**
 * The runtime's HTTP server, where the native transport lives: its requests and answers as the plain data that both
 * transports share.
 */
import { errorFields } from "../errors.ts";
import { MAX_TARGET_BYTES } from "../limits.ts";
import type { RestRequest, RestResponse } from "../rest/request.ts";
import type { BodyRoom } from "../transport/http/body_room.ts";
import { isForClients } from "../transport/accept.ts";
import { type HttpListener, LastingHttp } from "../transport/lasting_http.ts";
import type { GuardContext } from "../transport/listener_guard.ts";
import { Connections } from "../transport/http/connections.ts";
import { type NativeContext, serveClient } from "../transport/native.ts";
import { CutOff, type NativeBodies, NativeBody } from "./native_body.ts";
import { targetOf } from "./raw_target.ts";

/** What the listener needs. */
export interface NativeListenerContext extends GuardContext {
  /** What clients are served with. */
  readonly clients: NativeContext;
  /** What bodies of requests take their bytes from. */
  readonly room: BodyRoom;
  /** Answers what is not for the client endpoint. */
  answer(request: RestRequest): RestResponse | Promise<RestResponse>;
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
  const { platform, room } = context;
  const bodies = { platform, room, waiting: new Connections(platform) };
  return new LastingHttp(context, (port) => listenOnce(context, bodies, hostname, port), port);
}

function listenOnce(
  context: NativeListenerContext,
  bodies: NativeBodies,
  hostname: string,
  port: number,
): HttpListener {
  const http = Deno.serve({
    port,
    hostname,
    onListen: () => {},
    onError: (error) => {
      if (!(error instanceof CutOff)) {
        context.clients.log.error("Request failed", errorFields(error));
      }
      return new Response(null, { status: 500 });
    },
  }, (request) => serve(request, context, bodies));
  const { addr, finished } = http;
  return { port: addr.port, finished, shutdown: () => http.shutdown() };
}

function serve(
  request: Request,
  context: NativeListenerContext,
  bodies: NativeBodies,
): Response | Promise<Response> {
  const { clients } = context;
  if (clients.isStopping()) return new Response(null, { status: 503 });
  const target = targetOf(request.url);
  if (target.length > MAX_TARGET_BYTES) return new Response(null, { status: 414 });
  if (isForClients(target, clients.endpoints)) return serveClient(request, target, clients);
  const expectation = request.headers.get("expect");
  if (expectation !== null && expectation.toLowerCase() !== "100-continue") {
    return new Response(null, { status: 417 });
  }
  const body = new NativeBody(request, bodies);
  const answered = context.answer(requestOf(request, target, body));
  return answered instanceof Promise
    ? answered.then((response) => body.answer(response))
    : body.answer(answered);
}

function requestOf(request: Request, target: string, body: NativeBody): RestRequest {
  const { method, headers, url } = request;
  const scheme = url.startsWith("https:") ? "https" : "http";
  return { method, target, scheme, headers, body: (limit) => body.read(limit) };
}
