// What the event handlers of other languages expect, as transcripts of a client's whole life. Each of them compares the
// webhook origin in a way of its own; the official express middleware is in `upstream_express_*_test.ts`.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import {
  ASP_NET_CORE,
  AZURE_FUNCTIONS,
  JAVA_SERVLET,
  type Middleware,
  REPEATING_SERVLET,
} from "../support/middlewares.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

const SECOND_KEY = "a-second-access-key-that-a-rotation-left";

/** A client that connects, says "Zoë" and leaves; the frames it got, and the handler's transcript. */
async function lifeWith(middleware: Middleware) {
  await using stub = new UpstreamStub();
  const transcript: string[] = [];
  const frames: string[] = [];
  {
    await using server = await startServer({
      ...QUIET,
      accessKeys: { primary: "the-access-key-of-the-connection-string", secondary: SECOND_KEY },
      hubs: {
        chat: {
          eventHandlers: [{
            urlTemplate: `${stub.url}/eventhandler/{event}`,
            userEventPattern: "*",
            systemEvents: ["connect", "connected", "disconnected"],
          }],
        },
      },
    });
    stub.validate = stub.script = (request) => {
      const response = middleware.answer(request, server.accessKey, new URL(server.endpoint));
      const origin = request.headers.get("webhook-request-origin");
      const state = request.headers.get("ce-connectionstate");
      transcript.push(
        `${request.method} ${request.target} from ${origin}` +
          `${state === null ? "" : `, state ${atob(state)}`} -> ${response.status}`,
      );
      return response;
    };
    using client = await RawClient.open(clientUrl(server, "chat", { sub: "ann" }));
    assert.equal(client.status, 101);
    client.send("Zoë");
    frames.push(await client.text());
    client.close(1000, "bye");
    await until(async () => {
      await fetch(server.healthUrl, { method: "HEAD" });
      return transcript.some((line) => line.includes("/disconnected"));
    });
  }
  return { transcript: transcript.sort(byEvent), frames };
}

const ORDER = ["validate", "connect ", "connected", "message", "disconnected"];

/** Notifications run beside other events: the transcript has them where they belong. */
function byEvent(a: string, b: string): number {
  const rank = (line: string) => ORDER.findIndex((event) => line.includes(`/${event}`));
  return rank(a) - rank(b);
}

for (const middleware of [ASP_NET_CORE, AZURE_FUNCTIONS]) {
  Deno.test(`${middleware.name} finds its endpoint in the bare host, and its key among both signatures`, async () => {
    const { transcript, frames } = await lifeWith(middleware);
    assert.deepEqual(transcript, [
      "OPTIONS /eventhandler/validate from localhost -> 200",
      "POST /eventhandler/connect from localhost -> 200",
      'POST /eventhandler/connected from localhost, state {"turn":0} -> 200',
      'POST /eventhandler/message from localhost, state {"turn":0} -> 200',
      'POST /eventhandler/disconnected from localhost, state {"turn":1} -> 200',
    ]);
    assert.deepEqual(frames, ["echo Zoë"]);
  });
}

for (const middleware of [JAVA_SERVLET, REPEATING_SERVLET]) {
  Deno.test(`${middleware.name} reads text by its charset and a body by its length`, async () => {
    const { transcript, frames } = await lifeWith(middleware);
    assert.deepEqual(transcript, [
      "OPTIONS /eventhandler/validate from localhost -> 200",
      "POST /eventhandler/connect from localhost -> 200",
      "POST /eventhandler/connected from localhost -> 200",
      "POST /eventhandler/message from localhost -> 200",
      "POST /eventhandler/disconnected from localhost -> 200",
    ]);
    assert.deepEqual(frames, ["echo Zoë"]);
  });
}
