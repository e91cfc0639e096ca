// Sends whose receivers are behind: the answer waits, but not for ever.
import assert from "node:assert/strict";
import { RestError } from "../../src/errors.ts";
import { REST_HOLD_MS } from "../../src/limits.ts";
import type { Call } from "../../src/rest/operation.ts";
import { Query } from "../../src/rest/query.ts";
import { refuse } from "../../src/rest/respond.ts";
import { SEND_OPERATIONS } from "../../src/rest/send.ts";
import type { RestServices } from "../../src/rest/services.ts";
import { FakeServer } from "../support/fake_hub.ts";

/** A hub with one client that is behind, and the answer of a send to all. */
function scene() {
  const server = new FakeServer();
  const slow = server.client();
  const { hub } = server;
  hub.congestion.queueHigh(slow.connection);
  const call: Call = {
    hubName: "chat",
    names: new Map(),
    query: new Query(""),
    filter: undefined,
    message: { payload: { kind: "text", text: "x" }, metadata: undefined },
    groupsRequest: undefined,
    path: "",
    endpoint: () => "",
  };
  const toAll = SEND_OPERATIONS.find(({ id }) => id === "WebPubSub_SendToAll");
  const services = { reach: server.reach } as RestServices;
  return { server, hub, slow, answer: toAll?.run(call, services) };
}

Deno.test("the answer comes when the message is in the queues", async () => {
  const { server, hub, slow, answer } = scene();
  await server.platform.advance(REST_HOLD_MS - 1);
  assert.deepEqual(slow.take(), []);
  hub.congestion.queueLow(slow.connection);
  assert.deepEqual(await answer, { status: 202 });
  assert.equal(slow.take().length, 1);
  assert.equal(server.platform.waitingTimers, 0);
});

Deno.test("after ten seconds it is a 503 that says when to try again, and the message is sent to nobody", async () => {
  const { server, hub, slow, answer } = scene();
  const refused = assert.rejects(Promise.resolve(answer), (error) => {
    assert(error instanceof RestError);
    const response = refuse(error, "POST");
    assert.equal(response.status, 503);
    assert.equal(response.headers["retry-after"], "1");
    assert.equal(response.headers["x-ms-error-code"], "Error.ServiceUnavailable");
    return true;
  });
  await server.platform.advance(REST_HOLD_MS);
  await refused;
  hub.congestion.queueLow(slow.connection);
  await server.platform.settle();
  assert.deepEqual(slow.take(), []);
  assert.equal(hub.congestion.waiting, 0);
});
