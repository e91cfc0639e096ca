import assert from "node:assert/strict";
import { run } from "../../src/cli/run.ts";
import { systemPlatform } from "../../src/platform.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";
import { fakeWorld } from "./fake_world.ts";

Deno.test("check-handler needs a URL and knows its flags", async () => {
  const world = fakeWorld();
  assert.equal(await run(["check-handler"], world), 2);
  assert.match(world.output.err, /check-handler URL/);
  assert.equal(await run(["check-handler", "http://h/", "--hubb", "x"], world), 2);
  assert.match(world.output.err, /--hub\?/);
});

Deno.test("check-handler says what a handler that allows nobody has to change, and exits with 1", async () => {
  await using handler = new UpstreamStub();
  handler.validate = () => new Response(null, { status: 200 });
  const world = { ...fakeWorld(), platform: systemPlatform };
  const output = world.output;
  assert.equal(await run(["check-handler", `${handler.url}/{event}?code=secret`], world), 1);
  assert.match(output.out, /WebHook-Allowed-Origin/);
  assert(!output.out.includes("secret"));
});
