// Commands of one client wait for each other, whatever its language: here they are texts.
import assert from "node:assert/strict";
import { inOrder } from "../../src/hub/in_order.ts";
import { MAX_WAITING_FRAMES, READ_AHEAD } from "../../src/limits.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { OtherClient } from "../support/other_language.ts";

/** A client whose command `wait` is pending until the test says so, and whose command `throw` throws. */
function scene() {
  const { hub } = new FakeServer();
  const client = new OtherClient(hub, "ann", {});
  const done: string[] = [];
  const pending: PromiseWithResolvers<void>[] = [];
  const take = (command: string, bytes = command.length) =>
    inOrder(hub, client, command, bytes, (_hub, _client, command: string) => {
      if (command === "throw") throw new Error("failed");
      done.push(command);
      if (command !== "wait") return undefined;
      const one = Promise.withResolvers<void>();
      pending.push(one);
      return one.promise;
    });
  return { client, done, pending, take };
}

/** Long enough for all that waits for nothing else. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("without anything pending a command is carried out at once, and nothing is kept", () => {
  const { client, done, take } = scene();
  take("a");
  take("b");
  assert.deepEqual([done, client.inbox], [["a", "b"], undefined]);
});

Deno.test("behind a pending command the others wait, and follow in their order", async () => {
  const { client, done, pending, take } = scene();
  for (const command of ["wait", "a", "wait", "b"]) take(command);
  assert.deepEqual(done, ["wait"]);
  pending[0]?.resolve();
  await settled();
  assert.deepEqual(done, ["wait", "a", "wait"]);
  take("c");
  pending[1]?.resolve();
  await settled();
  assert.deepEqual(done, ["wait", "a", "wait", "b", "c"]);
  assert.deepEqual([client.inbox, client.heard], [undefined, ["read on"]]);
});

Deno.test("clients do not wait for each other", () => {
  const [one, two] = [scene(), scene()];
  one.take("wait");
  two.take("a");
  assert.deepEqual(two.done, ["a"]);
});

Deno.test("when much waits the client is read no further; when too much waits it ends", () => {
  const { client, take } = scene();
  take("wait");
  for (let i = 1; i < READ_AHEAD.frames; i++) take("a");
  assert.equal(client.heard.length, 0);
  take("a");
  assert.deepEqual(client.heard, ["paused"]);
  for (let i = READ_AHEAD.frames; i <= MAX_WAITING_FRAMES; i++) take("a");
  assert.equal(client.phase, "ended");
  assert.equal(
    client.heard.find((line) => line.startsWith("tooMany")),
    "tooManyWaitingFrames: Too many client messages are waiting.",
  );
});

Deno.test("few large frames are much too", () => {
  const { client, take } = scene();
  take("wait");
  take("a", READ_AHEAD.bytes);
  assert.deepEqual(client.heard, ["paused"]);
});

Deno.test("a command that throws in its turn ends its client, and those behind it are not carried out", async () => {
  const { client, done, pending, take } = scene();
  for (const command of ["wait", "throw", "a"]) take(command);
  pending[0]?.resolve();
  await settled();
  assert.deepEqual(done, ["wait"]);
  assert.equal(client.heard[0], "internalError: Internal server error");
});

Deno.test("a pending command that fails ends its client", async () => {
  const { client, pending, take } = scene();
  take("wait");
  pending[0]?.reject(new Error("failed"));
  await settled();
  assert.equal(client.phase, "ended");
});
