// deno-lint-ignore-file no-console -- the figures are for whoever reads the run
// The standalone executable: boots, and carries a message between official SDKs. `.ci/run` builds it.
import assert from "node:assert/strict";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { WebPubSubClient, WebPubSubJsonProtocol } from "@azure/web-pubsub-client";
import { Inbox } from "../support/fixture.ts";

const executable = Deno.env.get("STANDALONE_EXECUTABLE");
const why = executable === undefined
  ? " (skipped: build it with `deno task compile` and set STANDALONE_EXECUTABLE to its path)"
  : "";

Deno.test({
  name: `the standalone executable serves the official SDKs${why}`,
  ignore: executable === undefined,
  async fn() {
    const path = executable ?? "";
    const started = performance.now();
    const child = new Deno.Command(path, {
      args: ["--port", "0", "--json", "--log-level", "off"],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let line = "";
    while (!line.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) throw new Error("the executable ended before it was ready");
      line += value;
    }
    const ready = performance.now() - started;
    const { size } = await Deno.stat(path);
    console.log(`executable: ${(size / 1e6).toFixed(1)} MB, ready in ${ready.toFixed(0)} ms`);

    const { connectionString, endpoint } = JSON.parse(line);
    const page = await fetch(endpoint);
    assert.match(await page.text(), /<h1>Hubbub is running<\/h1>/);
    const service = new WebPubSubServiceClient(connectionString, "chat", {
      allowInsecureConnection: true,
    });
    const inbox = new Inbox<unknown>();
    const client = new WebPubSubClient({
      getClientAccessUrl: async () => (await service.getClientAccessToken()).url,
    }, { protocol: WebPubSubJsonProtocol() });
    client.on("server-message", ({ message }) => inbox.add(message.data));
    await client.start();
    await service.sendToAll("hello", { contentType: "text/plain" });
    assert.equal(await inbox.next(), "hello");
    client.stop();

    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    await lines.cancel();
  },
});
