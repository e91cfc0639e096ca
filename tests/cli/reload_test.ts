import assert from "node:assert/strict";
import { serve } from "../../src/cli/serve.ts";
import { fakeStart, fakeWorld } from "./fake_world.ts";

const KEY = "a-new-primary-key-of-enough-bytes-01";

async function running(files: Record<string, string>, config = "hubbub.json") {
  const world = fakeWorld({ files });
  const { start, reloaded } = fakeStart();
  const done = serve({ config }, true, world, start);
  await world.ready;
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  const stop = async () => {
    world.signal("SIGTERM");
    assert.equal(await done, 0);
  };
  return { world, reloaded, stop };
}

Deno.test("a changed file takes effect: keys, hubs and handlers, without a restart", async () => {
  const files = { "hubbub.json": '{"port": 0}' };
  const { world, reloaded, stop } = await running(files);
  files["hubbub.json"] = JSON.stringify({
    port: 0,
    accessKeys: { primary: KEY },
    hubs: { Chat: { anonymousConnectPolicy: "allow" } },
  });
  await world.changeFile();
  assert.equal(reloaded[0]?.accessKeys.primary, KEY);
  assert.equal(reloaded[0]?.hubs["chat"]?.anonymousConnectPolicy, "allow");
  assert.match(world.output.err, /Configuration changed/);
  assert(!world.output.err.includes(KEY));
  await stop();
});

Deno.test("an invalid change is refused with its reason, and a later valid one applies", async () => {
  const files = { "hubbub.json": '{"port": 0}' };
  const { world, reloaded, stop } = await running(files);
  files["hubbub.json"] = '{"port": 0, "hubs": {"chat": {"eventHandler": []}}}';
  await world.changeFile();
  assert.equal(reloaded.length, 0);
  assert.match(world.output.err, /the old settings stay/);
  assert.match(world.output.err, /eventHandlers/);
  files["hubbub.json"] = "{";
  await world.changeFile();
  assert.equal(reloaded.length, 0);
  files["hubbub.json"] = '{"port": 0, "hubs": {"chat": {"eventHandlers": []}}}';
  await world.changeFile();
  assert.equal(reloaded.length, 1);
  await stop();
});

/** What a handler of hub `chat` may not be, by the key that is named. */
const INVALID_HANDLERS: readonly (readonly [key: string, handler: Record<string, unknown>])[] = [
  ["urlTemplate", { urlTemplate: "http://localhost:3000/my hooks/{event}" }],
  ["urlTemplate", { urlTemplate: "http://localhost:3000/%{event}" }],
  ["userEventPattern", { urlTemplate: "http://localhost:3000/", userEventPattern: "1abc" }],
  ["auth.name", {
    urlTemplate: "http://localhost:3000/",
    auth: { type: "Header", name: "x-webpubsub-foo", valueFromEnvironment: "K" },
  }],
];

for (const [key, handler] of INVALID_HANDLERS) {
  const text = JSON.stringify({ port: 0, hubs: { chat: { eventHandlers: [handler] } } });
  const named = new RegExp(
    `hubs\\.chat\\.eventHandlers\\[0\\]\\.${
      key.replace(".", "\\.")
    } \\(from hubbub\\.json\\): .+; .+`,
  );

  Deno.test(`handler ${JSON.stringify(handler)}: exit code 2 at start, key, file and fix named`, async () => {
    const world = fakeWorld({ files: { "hubbub.json": text }, env: { K: "secret" } });
    const { start, seen } = fakeStart();
    assert.equal(await serve({ config: "hubbub.json" }, true, world, start), 2);
    assert.match(world.output.err, named);
    assert.equal(seen.length, 0);
  });

  Deno.test(`handler ${JSON.stringify(handler)}: refused by a reload, the old settings stay`, async () => {
    const files = { "hubbub.json": '{"port": 0}' };
    const { world, reloaded, stop } = await running(files);
    files["hubbub.json"] = text;
    await world.changeFile();
    assert.equal(reloaded.length, 0);
    assert.match(world.output.err, /the old settings stay/);
    assert.match(world.output.err.replaceAll("\\n", "\n"), named);
    await stop();
  });
}

Deno.test("changes that only a restart can apply are named", async () => {
  const files = { "hubbub.json": '{"port": 0}' };
  const { world, stop } = await running(files);
  files["hubbub.json"] = '{"port": 1, "recoveryWindowSeconds": 30}';
  await world.changeFile();
  assert.match(world.output.err, /restart.*port, recoveryWindowSeconds/);
  await stop();
});

Deno.test("a configuration from a pipe is read once: nobody waits for a second text", async () => {
  const files = { "/dev/fd/63": '{"port": 0}' };
  const { world, reloaded, stop } = await running(files, "/dev/fd/63");
  files["/dev/fd/63"] = "";
  await world.changeFile();
  assert.equal(reloaded.length, 0);
  assert.doesNotMatch(world.output.err, /Configuration/);
  await stop();
});

Deno.test("one change is taken over once, however often the file is looked at", async () => {
  const files = { "hubbub.json": '{"port": 0}' };
  const { world, reloaded, stop } = await running(files);
  files["hubbub.json"] = '{"port": 0, "hubs": {"chat": {}}}';
  for (let i = 0; i < 5; i++) await world.changeFile();
  assert.equal(reloaded.length, 1);
  await stop();
});
