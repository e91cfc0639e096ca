/** What answers of handlers have in common for clients of every language. */
import assert from "node:assert/strict";
import { isUnusable, readConnectFields, readState } from "../../src/events/handler_answer.ts";

const read = (body: string) => readConnectFields(new TextEncoder().encode(body));
const NOTHING = {
  userId: undefined,
  groups: undefined,
  roles: undefined,
  subprotocol: undefined,
};

Deno.test("a subprotocol is told as the handler wrote it: whether it fits is for the language to say", () => {
  assert.deepEqual(read('{"subprotocol":"MQTT"}'), { ...NOTHING, subprotocol: "MQTT" });
  assert.deepEqual(read('{"subprotocol":""}'), NOTHING);
});

Deno.test("members of one language are passed over by the others", () => {
  assert.deepEqual(read('{"mqtt":{"userProperties":[]},"userId":"ann"}'), {
    ...NOTHING,
    userId: "ann",
  });
});

Deno.test("hostile nesting is not parsed", () => {
  const deep = "[".repeat(100_000);
  assert(isUnusable(read(deep)));
  assert(isUnusable(read(`{"x":${deep}`)));
});

Deno.test("no header leaves the state, an empty one empties it, of two lines the last counts", () => {
  assert.equal(readState(null), undefined);
  assert.equal(readState(""), "");
  assert.equal(readState("one, two"), "two");
});
