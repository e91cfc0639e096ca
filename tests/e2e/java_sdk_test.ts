// The official Java service client, unmodified: tests/e2e/java/ServiceClient.java calls, this test holds the
// connections. Skipped where Maven or the library's files are not there; `mvn -q -B -f tests/e2e/java/pom.xml
// dependency:build-classpath -Dmdep.outputFile=/dev/null` fetches them.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { jsonClient, nextData } from "../rest/clients.ts";

const LIBRARY = ".m2/repository/com/azure/azure-messaging-webpubsub/1.4.0";

function path(name: string): string {
  return fileURLToPath(new URL(`java/${name}`, import.meta.url));
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stdout) + decoder.decode(stderr));
  return decoder.decode(stdout);
}

const installed = existsSync(join(homedir(), LIBRARY)) &&
  ["java", "mvn"].every((name) =>
    (Deno.env.get("PATH") ?? "").split(":").some((folder) => existsSync(join(folder, name)))
  );
const why = installed ? "" : " [skipped: Maven or azure-messaging-webpubsub is not installed]";

Deno.test({
  name: `the Java service client does all it can do${why}`,
  ignore: !installed,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const list = join(folder, "classpath");
      const goal = ["dependency:build-classpath", `-Dmdep.outputFile=${list}`];
      await run("mvn", "-o", "-q", "-B", "-f", path("pom.xml"), ...goal);
      const classpath = (await Deno.readTextFile(list)).trim();

      await using server = await startServer(QUIET);
      using ann = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
      using other = await jsonClient(server, "chat");
      const args = [server.connectionString, "chat", ann.id, other.id];
      const output = await run("java", "-cp", classpath, path("ServiceClient.java"), ...args);
      assert.match(output, /^done$/m);
      for (const expected of [{ n: 1 }, "AQI=", "group", "filtered", "user", "connection"]) {
        assert.deepEqual(await nextData(ann), expected);
      }
      assert.deepEqual(await nextData(other), { n: 1 });
      for (const [client, reason] of [[ann, "user"], [other, "all"]] as const) {
        const { message } = await client.ws.json();
        assert.equal(message, `Application server closed the connection. Reason: ${reason}`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
