/**
 * An application as users of the cloud service have it: express with the official middleware, unmodified.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  WebPubSubEventHandler,
  type WebPubSubEventHandlerOptions,
} from "@azure/web-pubsub-express";
import express from "express";
import { Inbox } from "./fixture.ts";

/** One request as express saw it; the body is left to the middleware. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The part of express that is used; the package brings no types. */
interface Application {
  set(setting: string, value: string): void;
  use(handler: (request: SeenRequest, response: unknown, next: () => void) => void): void;
  listen(port: number, host: string): Server;
}

/** A handler of hub `chat` on a free or given port of this machine. */
export class ExpressApp implements AsyncDisposable {
  /** Events that came in and nobody has looked at, retries counted. */
  readonly events = new Inbox<SeenRequest>();
  /** How many validations came in. */
  validations = 0;
  readonly #server: Server;

  private constructor(options: WebPubSubEventHandlerOptions, port: number) {
    const app: Application = express();
    app.set("env", "test"); // errors of handlers are not printed
    app.use((request, _response, next) => {
      if (request.method === "POST") this.events.add(request);
      else this.validations++;
      next();
    });
    app.use(
      new WebPubSubEventHandler("chat", { path: "/eventhandler", ...options }).getMiddleware(),
    );
    this.#server = app.listen(port, "127.0.0.1");
  }

  /** Starts the application. */
  static async start(options: WebPubSubEventHandlerOptions, port = 0): Promise<ExpressApp> {
    const app = new ExpressApp(options, port);
    await once(app.#server, "listening");
    return app;
  }

  /** What a hub's `eventHandlers` says to reach it with everything there is. */
  get handler() {
    return handlerAt((this.#server.address() as AddressInfo).port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    // In this order: Deno 2.4 waits for idle connections if `close` comes first.
    this.#server.closeAllConnections();
    this.#server.close();
    await closed;
  }
}

/** Settings of a handler for all events on a port of this machine. */
export function handlerAt(port: number) {
  return {
    urlTemplate: `http://127.0.0.1:${port}/eventhandler/{event}`,
    userEventPattern: "*",
    systemEvents: ["connect", "connected", "disconnected"],
  };
}

/** A port that was free a moment ago, for a handler that starts later. */
export function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return listener.addr.port;
}
