// The program as users start it: a process, its streams, signals and exit codes.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The permissions that the documentation gives. */
const PERMISSIONS = ["--allow-net", "--allow-env", "--allow-read"];

function hubbub(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...PERMISSIONS, MAIN, ...args],
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** A running server, the lines of its stdout, and its end. */
async function started(args: readonly string[], env: Record<string, string> = {}) {
  const child = hubbub(args, env);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const errors = new Response(child.stderr).text();
  let out = "";
  while (!out.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`ended before it was ready: ${await errors}`);
    out += value;
  }
  return {
    child,
    line: JSON.parse(out.slice(0, out.indexOf("\n"))),
    /** Waits for the end after a signal. */
    async stop(signal: Deno.Signal) {
      child.kill(signal);
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        out += part.value;
      }
      const { code } = await child.status;
      return { code, out, err: await errors };
    },
  };
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`one line on stdout when ready, health answers, ${signal} is exit code 0`, async () => {
    const server = await started(["--port", "0", "--json", "--log-level", "debug"]);
    const { endpoint, accessKey, connectionString, clientUrlTemplate, healthUrl } = server.line;
    assert.deepEqual(Object.keys(server.line), [
      "endpoint",
      "accessKey",
      "connectionString",
      "clientUrlTemplate",
      "healthUrl",
    ]);
    assert.match(endpoint, /^http:\/\/(localhost|127\.0\.0\.1):\d+$/);
    assert.equal(accessKey, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH");
    assert.equal(connectionString, `Endpoint=${endpoint};AccessKey=${accessKey};Version=1.0;`);
    assert.equal(clientUrlTemplate, `${endpoint.replace("http", "ws")}/client/hubs/{hub}`);
    assert.equal(healthUrl, `${endpoint}/api/health`);
    assert.equal((await fetch(healthUrl, { method: "HEAD" })).status, 200);

    const secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
    const refused = await fetch(`${endpoint}/client/hubs/chat?access_token=${secret}`);
    await refused.body?.cancel();
    const { code, out, err } = await server.stop(signal);
    assert.equal(code, 0, err);
    assert.equal(out.split("\n").length, 2, out);
    for (const part of [...secret.split("."), accessKey]) {
      assert.ok(!err.includes(part), `${part} in ${err}`);
    }
  });
}

Deno.test("a port in use is one clear line and exit code 1", async () => {
  const server = await started(["--port", "0", "--json"]);
  const port = new URL(server.line.endpoint).port;
  const { code, stdout, stderr } = await hubbub(["--port", port, "--json"]).output();
  await server.stop("SIGTERM");
  const err = new TextDecoder().decode(stderr);
  assert.equal(code, 1, err);
  assert.equal(stdout.length, 0);
  assert.match(err, /^hubbub: Cannot listen on "localhost:\d+": the port is in use; .*\n$/);
});

Deno.test("bad usage, a bad value and the development key elsewhere are exit code 2", async () => {
  const table: readonly (readonly [string[], RegExp])[] = [
    [["--prot", "0"], /^hubbub: Unknown flag --prot; did you mean --port\?\n$/],
    [["--port", "many"], /^hubbub: port \(from --port\): "many" is not a number; give .*\n$/],
    [["--host", "0.0.0.0", "--port", "0"], /^hubbub: accessKeys\.primary: .*hubbub key.*\n$/],
  ];
  const ends = await Promise.all(table.map(([args]) => hubbub([...args, "--json"]).output()));
  for (const [at, { code, stdout, stderr }] of ends.entries()) {
    const [, message] = table[at] ?? [];
    assert.equal(code, 2);
    assert.equal(stdout.length, 0);
    assert.match(new TextDecoder().decode(stderr), message ?? /^$/);
  }
});

Deno.test("a key of one's own opens other addresses, and reaches neither stderr nor the start-up text", async () => {
  const key = "own-0123456789-0123456789-0123456789";
  const child = hubbub(["--host", "0.0.0.0", "--port", "0", "--log-level", "debug"], {
    HUBBUB_ACCESS_KEY: key,
  });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const errors = new Response(child.stderr).text();
  let out = "";
  while (!out.includes("Try it")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`ended before it was ready: ${await errors}`);
    out += value;
  }
  child.kill("SIGTERM");
  for (let part = await reader.read(); !part.done; part = await reader.read()) out += part.value;
  assert.equal((await child.status).code, 0);
  assert.ok(!out.includes(key), out);
  assert.ok(!(await errors).includes(key));
});
