/**
 * A whole server as the conformance table sees it: its clients publish into a group that they are alone in, so that it
 * sends back what it takes, and an event handler learns how each connection ended.
 */
import { systemPlatform } from "../../src/platform.ts";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { Inbox } from "../support/fixture.ts";
import { clientUrl } from "../support/rest_client.ts";

/** The two ways that sockets are served. */
export const TRANSPORTS = ["batching", "native"] as const;

/** One of them. */
export type Transport = typeof TRANSPORTS[number];

/** The hub of all its clients. */
export const HUB = "conformance";

/** A running server that echoes. */
export class LiveServer implements AsyncDisposable {
  readonly server: HubbubServer;
  readonly #ends: Map<string, Inbox<string>>;

  private constructor(server: HubbubServer, ends: Map<string, Inbox<string>>) {
    this.server = server;
    this.#ends = ends;
  }

  /** Starts one on a free port. */
  static async start(transport: Transport): Promise<LiveServer> {
    const ends = new Map<string, Inbox<string>>();
    const server = await startServer({
      port: 0,
      log: { level: "off", format: "text" },
      transport,
      hubs: {
        [HUB]: {
          eventHandlers: [{
            urlTemplate: "http://127.0.0.1/{event}",
            systemEvents: ["disconnected"],
            auth: { type: "None" },
          }],
        },
      },
      platform: {
        ...systemPlatform,
        // The handler, spared its sockets.
        async fetch(_url, init) {
          const user = new Headers(init.headers).get("ce-userid");
          if (user !== null) {
            const { reason } = await new Response(init.body ?? null).json();
            inboxOf(ends, user).add(reason);
          }
          return new Response(null, { headers: { "webhook-allowed-origin": "*" } });
        },
      },
    });
    return new LiveServer(server, ends);
  }

  /** URL of a client named `user`, which gets back what it sends. */
  echoUrl(user: string): string {
    const claims = { sub: user, role: ["webpubsub.sendToGroup"], "webpubsub.group": user };
    return clientUrl(this.server, HUB, claims, `&webpubsub_mode=sendToGroup&group=${user}`);
  }

  /** Why the connection of `user` ended, as its event handler was told; waits for that. */
  whyEnded(user: string): Promise<string> {
    return inboxOf(this.#ends, user).next();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }
}

function inboxOf(ends: Map<string, Inbox<string>>, user: string): Inbox<string> {
  let inbox = ends.get(user);
  if (inbox === undefined) ends.set(user, inbox = new Inbox());
  return inbox;
}
