// The official Python service client, unmodified: tests/e2e/python/service_client.py calls, this test holds the
// connections. Skipped where the package azure-messaging-webpubsubservice is not installed.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { jsonClient, nextData } from "../rest/clients.ts";

const SCRIPT = fileURLToPath(new URL("python/service_client.py", import.meta.url));

async function python(...args: string[]): Promise<{ ok: boolean; output: string }> {
  try {
    const command = new Deno.Command("python3", {
      args,
      env: { PYTHONDONTWRITEBYTECODE: "1", NO_PROXY: "127.0.0.1,localhost" },
    });
    const { success, stdout, stderr } = await command.output();
    return { ok: success, output: new TextDecoder().decode(success ? stdout : stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: false, output: "no python3" };
    throw error;
  }
}

const installed = (await python("-c", "import azure.messaging.webpubsubservice")).ok;
const why = installed ? "" : " [skipped: azure-messaging-webpubsubservice is not installed]";

Deno.test({
  name: `the Python service client does all it can do${why}`,
  ignore: !installed,
  fn: async () => {
    await using server = await startServer(QUIET);
    using ann = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
    using other = await jsonClient(server, "chat");
    const run = await python(SCRIPT, server.connectionString, "chat", ann.id, other.id);
    assert.ok(run.ok, run.output);
    assert.equal(run.output.trim(), "done");
    for (
      const expected of [
        { n: 1 },
        "text",
        "AQI=",
        "filtered",
        "group",
        [1, null],
        "user",
        "connection",
      ]
    ) {
      assert.deepEqual(await nextData(ann), expected);
    }
    assert.deepEqual([await nextData(other), await nextData(other)], [{ n: 1 }, "AQI="]);
    for (const [client, reason] of [[ann, "user"], [other, "all"]] as const) {
      assert.deepEqual(await client.ws.json(), {
        type: "system",
        event: "disconnected",
        message: `Application server closed the connection. Reason: ${reason}`,
      });
    }
  },
});
