/**
 * A chat as an application of the cloud service would be written: express, the official middleware as the event
 * handler of hub `chat`, the official service client. Only the server is started in the same process.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { WebPubSubEventHandler } from "@azure/web-pubsub-express";
import express from "express";
import { startServer } from "../../src/server.ts";

const HUB = "chat";
const ROOM = "lobby";
const HOST = "127.0.0.1";

/** A running chat. */
export interface Chat extends AsyncDisposable {
  /** The page. */
  readonly url: string;
}

/** What this application uses of express, which brings no types. */
interface Response {
  status(code: number): Response;
  type(name: string): Response;
  send(body: string): void;
  json(body: unknown): void;
}
interface Application {
  use(middleware: unknown): void;
  get(
    path: string,
    answer: (request: { query: Record<string, unknown> }, to: Response) => unknown,
  ): void;
  listen(port: number, host: string): Server;
}

/** Starts server and application. Port 0 is any free one. */
export async function startChat(port: number): Promise<Chat> {
  const page = await Deno.readTextFile(new URL("page.html", import.meta.url));
  const scripts = await Promise.all(["page.js", "events.js"].map(bundle));

  const app: Application = express();
  app.get("/", (_request, to) => to.type("html").send(page));
  for (const { name, text } of scripts) {
    app.get(`/${name}`, (_request, to) => to.type("js").send(text));
  }
  app.get("/negotiate", async ({ query: { user } }, to) => {
    if (typeof user !== "string" || user.trim() === "") return to.status(400).send("Who are you?");
    const { url } = await service.getClientAccessToken({ userId: user.trim() });
    to.json({ url });
  });
  app.use(
    new WebPubSubEventHandler(HUB, {
      path: "/eventhandler",
      handleConnect({ claims }, answer) {
        // Not `context.userId`: the middleware reads that header as Latin-1, so that "Zoë" would suffer.
        const name = claims?.["sub"]?.[0];
        if (name === undefined) return answer.fail(401);
        answer.setState("name", name);
        answer.setState("said", 0);
        answer.success({ groups: [ROOM] });
      },
      onConnected: ({ context }) => tell(`${context.states["name"]} is here`),
      async handleUserEvent({ context, data }, answer) {
        if (typeof data !== "string") return answer.fail(400);
        const { name, said: before } = context.states;
        const said = Number(before) + 1;
        await service.group(ROOM).sendToAll({ from: name, text: data });
        answer.setState("said", said);
        answer.success(`You have said ${said}`, "text");
      },
      onDisconnected: ({ context }) => tell(`${context.states["name"]} has left`),
    }).getMiddleware(),
  );
  const listener = app.listen(port, HOST);
  await once(listener, "listening");
  const url = `http://${HOST}:${(listener.address() as AddressInfo).port}`;

  const hubbub = await startServer({
    port: 0,
    upstream: `${url}/eventhandler/{event}`,
    log: { level: "warn", format: "text" },
  });
  const service = new WebPubSubServiceClient(hubbub.connectionString, HUB, {
    allowInsecureConnection: true,
  });
  let stopping = false;
  let told: Promise<void> = Promise.resolve();
  function tell(text: string): void {
    // One after the other, so that a leave never overtakes its join.
    if (!stopping) told = told.then(() => service.group(ROOM).sendToAll({ text }));
  }

  return {
    url,
    async [Symbol.asyncDispose]() {
      stopping = true;
      await told;
      await hubbub.close();
      const closed = once(listener, "close");
      listener.closeAllConnections();
      listener.close();
      await closed;
    },
  };
}

/** A script of this folder with its packages in it: browsers know no package names. */
async function bundle(name: string): Promise<{ name: string; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      fileURLToPath(new URL(name, import.meta.url)),
    ],
  }).output();
  if (!success) {
    throw new Error(`Cannot bundle "${name}": ${new TextDecoder().decode(stderr).trim()}`);
  }
  return { name, text: new TextDecoder().decode(stdout) };
}
