// From flags to a running server, from a signal to an exit code.
import assert from "node:assert/strict";
import { serve } from "../../src/cli/serve.ts";
import { fakeStart, fakeWorld } from "./fake_world.ts";

const KEY = "0123456789abcdefghijABCDEFGHIJ-own-key";

Deno.test("--json prints exactly one line with five members, and nothing else on stdout", async () => {
  const world = fakeWorld();
  const { start } = fakeStart();
  const done = serve({ port: "4123", host: "127.0.0.1" }, true, world, start);
  await world.ready;
  world.signal("SIGTERM");
  assert.equal(await done, 0);
  assert.equal(
    world.output.out,
    '{"endpoint":"http://127.0.0.1:4123","accessKey":"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH",' +
      '"connectionString":"Endpoint=http://127.0.0.1:4123;AccessKey=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH;Version=1.0;",' +
      '"clientUrlTemplate":"ws://127.0.0.1:4123/client/hubs/{hub}","healthUrl":"http://127.0.0.1:4123/api/health"}\n',
  );
});

Deno.test("the server gets the whole configuration", async () => {
  const world = fakeWorld({
    env: { HUBBUB_CONFIG: "h.json", HUBBUB_ACCESS_KEY: KEY },
    files: { "h.json": '{"drainSeconds": 3, "hubs": {"Chat": {}}}' },
  });
  const { start, seen } = fakeStart();
  const done = serve({ host: "0.0.0.0" }, true, world, start);
  await world.ready;
  world.signal("SIGINT");
  await done;
  assert.equal(seen[0]?.host, "0.0.0.0");
  assert.equal(seen[0]?.drainSeconds, 3);
  assert.equal(seen[0]?.accessKeys.primary, KEY);
  assert.deepEqual(Object.keys(seen[0]?.hubs ?? {}), ["chat"]);
});

async function bannerOf(isTerminal: boolean, env: Record<string, string>): Promise<string> {
  const world = fakeWorld({ isTerminal, env });
  const done = serve({}, false, world, fakeStart().start);
  await world.ready;
  world.signal("SIGTERM");
  await done;
  return world.output.out;
}

Deno.test("the start-up text has connection string, client URL, health URL and how to try it", async () => {
  const text = await bannerOf(true, {});
  for (
    const part of [
      "Endpoint=http://localhost:8080;AccessKey=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH;Version=1.0;",
      "ws://localhost:8080/client/hubs/{hub}?access_token={token}",
      "http://localhost:8080/api/health",
      "hubbub token --hub chat --public-endpoint http://localhost:8080",
      "allowInsecureConnection: true",
    ]
  ) assert.ok(text.includes(part), `${part} is missing in ${text}`);
});

Deno.test("the hint how to get a client URL names the server that gives it, whatever its port", async () => {
  const endpoint = "http://localhost:9090";
  const text = await bannerOf(true, { HUBBUB_PUBLIC_ENDPOINT: endpoint });
  assert.ok(text.includes(`hubbub token --hub chat --public-endpoint ${endpoint}\n`));
});

Deno.test("a key of one's own is shown on a terminal and hidden where output is collected", async () => {
  assert.ok((await bannerOf(true, { HUBBUB_ACCESS_KEY: KEY })).includes(KEY));
  const collected = await bannerOf(false, { HUBBUB_ACCESS_KEY: KEY });
  assert.ok(!collected.includes(KEY));
  assert.ok(collected.includes("AccessKey=***;"));
});

Deno.test("over https the example needs no switch for insecure connections", async () => {
  const text = await bannerOf(true, {
    HUBBUB_PUBLIC_ENDPOINT: "https://push.example.com",
    HUBBUB_ACCESS_KEY: KEY,
  });
  assert.ok(text.includes("wss://push.example.com/client/hubs/{hub}"));
  assert.ok(!text.includes("allowInsecureConnection"));
});

Deno.test("a bad configuration is exit code 2, one line a problem, and nothing starts", async () => {
  const world = fakeWorld();
  const { start, seen } = fakeStart();
  assert.equal(await serve({ port: "x", "log-level": "y" }, true, world, start), 2);
  assert.equal(world.output.err.trim().split("\n").length, 2);
  assert.equal(world.output.out, "");
  assert.equal(seen.length, 0);
});

Deno.test("a port in use is exit code 1 and one clear line", async () => {
  const world = fakeWorld();
  const start = () => Promise.reject(new Deno.errors.AddrInUse("os error 98"));
  assert.equal(await serve({ port: "80" }, true, world, start), 1);
  assert.equal(
    world.output.err,
    'hubbub: Cannot listen on "localhost:80": the port is in use; stop the other program, or give another port with --port\n',
  );
});

Deno.test("another failure to start is exit code 1 and one line without secrets", async () => {
  const world = fakeWorld({ env: { HUBBUB_ACCESS_KEY: KEY } });
  const start = () => Promise.reject(new Error(`broken\nby ${KEY}`));
  assert.equal(await serve({}, true, world, start), 1);
  assert.equal(world.output.err, 'hubbub: Cannot start on "localhost:8080": broken by ***\n');
});

Deno.test("a second signal ends at once with exit code 1", async () => {
  const world = fakeWorld();
  const { start } = fakeStart(() => new Promise(() => {}));
  const done = serve({}, true, world, start);
  await world.ready;
  world.signal("SIGINT");
  world.signal("SIGINT");
  assert.equal(await done, 1);
});

Deno.test("a stop that never ends is forced after the drain time", async () => {
  const world = fakeWorld();
  const { start } = fakeStart(() => new Promise(() => {}));
  const done = serve({}, true, world, start);
  await world.ready;
  world.signal("SIGTERM");
  assert.equal(world.timers[0]?.ms, 15_000);
  world.timers[0]?.task();
  assert.equal(await done, 1);
});

Deno.test("a stop that fails is exit code 1 and says so in the log", async () => {
  const world = fakeWorld();
  const { start } = fakeStart(() => Promise.reject(new Error("stuck")));
  const done = serve({ "log-format": "json" }, true, world, start);
  await world.ready;
  world.signal("SIGTERM");
  assert.equal(await done, 1);
  const last = JSON.parse(world.output.err.trim().split("\n").at(-1) ?? "");
  assert.deepEqual([last.level, last.error], ["error", "Error: stuck"]);
  assert.match(last.stack, /serve_test\.ts/);
});

Deno.test("warnings of the configuration are in the log, and --log-level off writes nothing", async () => {
  for (const [level, lines] of [["warn", 1], ["off", 0]] as const) {
    const world = fakeWorld({ env: { HUBBUB_PROT: "1" } });
    const done = serve({ "log-level": level }, true, world, fakeStart().start);
    await world.ready;
    world.signal("SIGTERM");
    await done;
    assert.equal(world.output.err.split("\n").length - 1, lines, world.output.err);
  }
});

Deno.test("what nobody caught is logged with its stack, and the server goes on unless a system call failed", async () => {
  const world = fakeWorld();
  const { start } = fakeStart();
  const done = serve({}, true, world, start);
  await world.ready;
  await Promise.resolve();
  assert.equal(world.fault(new TypeError("planted")), true);
  assert.match(world.output.err, /Uncaught error: going on.*TypeError: planted.*serve_test/s);
  assert.equal(world.fault(new Deno.errors.Busy("planted")), false);
  world.signal("SIGTERM");
  assert.equal(await done, 0);
});
