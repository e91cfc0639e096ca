// The official Python client, unmodified: it comes in, publishes, receives, and survives the loss of its socket.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startServer } from "../../src/server.ts";
import { ChaosProxy } from "../support/chaos_proxy.ts";
import { Inbox, QUIET } from "../support/fixture.ts";
import { peerTest } from "../support/peer.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

const SCRIPT = fileURLToPath(new URL("./python/client.py", import.meta.url));
const PACKAGE = "azure-messaging-webpubsubclient";

/** The client's process. */
class PythonClient implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  /** What it tells. */
  readonly inbox = new Inbox<unknown>();

  constructor(url: string) {
    this.#process = new Deno.Command("python3", {
      args: [SCRIPT, url],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#reading = this.#read();
  }

  async tell(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(line + "\n"));
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.inbox.add(JSON.parse(line));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await Promise.all([this.#reading, this.#process.status]);
  }
}

peerTest(
  PACKAGE,
  "the official Python client joins, publishes, receives and recovers",
  async () => {
    await using server = await startServer(QUIET);
    await using proxy = new ChaosProxy(Number(new URL(server.endpoint).port));
    const role = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
    await using python = new PythonClient(
      proxy.through(clientUrl(server, "chat", { sub: "ann", role })),
    );
    const { inbox } = python;
    assert.deepEqual(await inbox.next(), ["connected", "ann"]);
    await python.tell("join room");
    assert.deepEqual(await inbox.next(), ["done", "join"]);
    await python.tell("send room hello");
    assert.deepEqual(await inbox.next(), ["group", "room", "text", "hello"]);
    assert.deepEqual(await inbox.next(), ["done", "send"]);
    await python.tell('json room {"n":1}');
    assert.deepEqual(await inbox.next(), ["group", "room", "json", { n: 1 }]);
    assert.deepEqual(await inbox.next(), ["done", "json"]);

    const headers = { "content-type": "text/plain" };
    for (const body of ["first", "second", "third"]) {
      proxy.cutAll();
      const path = "/api/hubs/chat/groups/room/:send";
      assert.equal((await rest(server, "POST", path, { headers, body })).status, 202);
      assert.deepEqual(await inbox.next(), ["group", "room", "text", body]);
    }
    const user = "/api/hubs/chat/users/ann/:send";
    await rest(server, "POST", user, { headers, body: "to ann" });
    assert.deepEqual(await inbox.next(), ["server", "text", "to ann"]);
    await python.tell("send room still here");
    assert.deepEqual(await inbox.next(), ["group", "room", "text", "still here"]);
    assert.deepEqual(await inbox.next(), ["done", "send"]);
    await python.tell("stop");
    // Neither "connected" nor "disconnected" in between: a recovery is not the client's business.
    assert.deepEqual(await inbox.next(), ["disconnected"]);
    assert.deepEqual(await inbox.next(), ["closed"]);
  },
);
