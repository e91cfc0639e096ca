// Whether the official express middleware is reached: its allowed endpoints, its start after the server, its validation.
import assert from "node:assert/strict";
import { ExpressApp, freePort, handlerAt } from "../support/express_app.ts";
import {
  answerWith,
  JSON_PROTOCOL,
  open,
  RETRY_PAUSES,
  serve,
  stop,
} from "../support/express_hub.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";

Deno.test("allowedEndpoints: an application that names this server gets its events", async () => {
  const port = freePort();
  await using server = await serve(handlerAt(port));
  await using app = await ExpressApp.start({
    allowedEndpoints: ["https://elsewhere.example.test", server.endpoint],
    ...answerWith({ userId: "bob" }),
  }, port);
  using client = await open(server, {}, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  const { headers } = await app.events.next();
  assert.equal(headers["webhook-request-origin"], new URL(server.endpoint).hostname);
  await stop(server, client);
});

Deno.test("allowedEndpoints: an application that names only others gets no event, and clients get 500", async () => {
  await using app = await ExpressApp.start({
    allowedEndpoints: ["https://elsewhere.example.test"],
    ...answerWith({ userId: "bob" }),
  });
  await using server = await serve(app.handler);
  using client = await open(server);
  assert.equal(client.status, 500);
  assert.equal(app.events.length, 0);
  assert.equal(app.validations, 1);
});

Deno.test("a handler that starts after the server works for the first client", async () => {
  const port = freePort();
  await using server = await serve(handlerAt(port));
  await using _app = await ExpressApp.start(answerWith({ userId: "bob" }), port);
  using client = await open(server, {}, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  await stop(server, client);
});

Deno.test("without a handler at its address connects fail with 500, and work once it is there", async () => {
  const port = freePort();
  const platform = new SkippingPlatform(RETRY_PAUSES);
  await using server = await serve(handlerAt(port), { platform });
  {
    using early = await open(server);
    assert.equal(early.status, 500);
  }
  await using app = await ExpressApp.start(answerWith({ userId: "bob" }), port);
  {
    using tooSoon = await open(server);
    assert.equal(tooSoon.status, 500);
    assert.equal(app.validations, 0);
  }
  platform.skip(1000);
  using client = await open(server, {}, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  assert.equal(app.validations, 1);
  await stop(server, client);
});

Deno.test("forty clients at once share one validation, and each gets its answer", async () => {
  await using app = await ExpressApp.start({
    handleConnect: ({ queries }, answer) => answer.success({ userId: queries?.["n"]?.[0] ?? "?" }),
  });
  await using server = await serve(app.handler);
  const protocols = [JSON_PROTOCOL];
  const clients = await Promise.all(
    Array.from(
      { length: 40 },
      (_, n) => RawClient.open(clientUrl(server, "chat", {}, `&n=${n}`), { protocols }),
    ),
  );
  using _all = { [Symbol.dispose]: () => clients.forEach((client) => client.drop()) };
  for (const [n, client] of clients.entries()) {
    assert.equal((await client.json())["userId"], String(n));
  }
  assert.equal(app.validations, 1);
});
