// `hubbub token` and `hubbub key`.
import assert from "node:assert/strict";
import { AccessKeys, checkAccessKey, DEVELOPMENT_KEY } from "../../src/auth/access_key.ts";
import { randomKey } from "../../src/cli/key.ts";
import { run } from "../../src/cli/run.ts";
import { systemPlatform } from "../../src/platform.ts";
import { fakeWorld } from "./fake_world.ts";

async function output(...args: string[]) {
  const world = fakeWorld();
  const code = await run(args, world);
  return { code, ...world.output };
}

Deno.test("token prints a client URL whose token the server's key verifies", async () => {
  const { code, out } = await output(
    "token",
    "--hub",
    "Chat",
    "--user",
    "u",
    "--role",
    "webpubsub.sendToGroup",
    "--group",
    "g",
    "--minutes",
    "5",
  );
  assert.equal(code, 0);
  const url = new URL(out.trim());
  assert.equal(url.origin + url.pathname, "ws://localhost:8080/client/hubs/chat");
  const token = url.searchParams.get("access_token") ?? "";
  const [head = "", body = "", mac = ""] = token.split(".");
  const signature = Uint8Array.from(
    atob(mac.replaceAll("-", "+").replaceAll("_", "/")),
    (one) => one.charCodeAt(0),
  );
  assert.ok(new AccessKeys(DEVELOPMENT_KEY).verifies("sha256", `${head}.${body}`, signature));
  const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
  assert.equal(claims.aud, "http://localhost:8080/client/hubs/chat");
  assert.equal(claims.sub, "u");
  assert.equal(claims.exp, 300);
  assert.deepEqual(claims.role, ["webpubsub.sendToGroup"]);
  assert.deepEqual(claims["webpubsub.group"], ["g"]);
});

Deno.test("token follows the server's address", async () => {
  const wanted: readonly (readonly [string[], string])[] = [
    [["--port", "1"], "ws://localhost:1/"],
    [["--host", "::1"], "ws://[::1]:8080/"],
    [["--host", "0.0.0.0", "--access-key", "k".repeat(32)], "ws://localhost:8080/"],
    [["--public-endpoint", "https://push.example.com/base/"], "wss://push.example.com/base/"],
  ];
  for (const [flags, start] of wanted) {
    const { out } = await output("token", "--hub", "chat", ...flags);
    assert.ok(out.startsWith(`${start}client/hubs/chat?access_token=eyJ`), out);
  }
});

Deno.test("token refuses what makes no token, with exit code 2", async () => {
  const table: readonly (readonly [string[], RegExp])[] = [
    [[], /name it with --hub HUB/],
    [["--hub", "1x"], /--hub: "1x" is no hub name/],
    [["--hub", "chat", "--minutes", "0"], /--minutes: "0" is no life/],
    [["--hub", "chat", "--minutes", "1e3"], /give an integer from 1 to 2147483647/],
    [["--hub", "chat", "--group", " "], /--group: " " is no group name/],
    [["--hub", "chat", "--port", "0"], /give the server's with --port/],
    [["--hub", "chat", "--port", "x"], /port \(from --port\)/],
  ];
  for (const [args, message] of table) {
    const { code, out, err } = await output("token", ...args);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.match(err, message);
  }
});

Deno.test("key prints a fresh key that the server accepts anywhere", async () => {
  const { code, out } = await output("key");
  assert.equal(code, 0);
  assert.match(out, /^[A-Za-z0-9]{44}\n$/);
  assert.equal(checkAccessKey(out.trim()).ok, true);
  assert.notEqual(randomKey(systemPlatform), randomKey(systemPlatform));
});

Deno.test("a key takes every character equally often: bytes above the last whole round are thrown away", () => {
  let next = 247;
  const key = randomKey({
    randomBytes: (length) => Uint8Array.from({ length }, () => next++ % 256),
  });
  assert.equal(key.slice(0, 3), "9AB");
});

Deno.test("version and help go to stdout", async () => {
  assert.match((await output("--version")).out, /^hubbub \d+\.\d+\.\d+ /);
  assert.match((await output("--help")).out, /^Hubbub: /);
});
