// A fault in what the server does for one client ends that client with 1011 and a stack in the log. Nobody else notices.
import assert from "node:assert/strict";
import { GroupIndex } from "../../src/group_index/group_index.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { Connection } from "../../src/session/connection.ts";
import { BatchingSocket } from "../../src/transport/batching_socket.ts";
import { DenoSocket } from "../../src/transport/deno_socket.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { QUIET } from "../support/fixture.ts";
import { PacedReader } from "../support/paced_reader.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

const IS_BATCHING = QUIET.transport === "batching";
const PROTOCOLS = ["json.webpubsub.azure.v1"];
const SOCKET = IS_BATCHING ? BatchingSocket.prototype : DenoSocket.prototype;

/** While it lives, `target[method]` throws once for the calls that `concerns` tells. */
function plant<Target extends object>(
  target: Target,
  method: keyof Target & string,
  concerns: (self: Target, first: unknown) => boolean,
): Disposable {
  const original = target[method] as (...given: unknown[]) => unknown;
  let isLeft = true;
  const planted = function (this: Target, ...given: unknown[]): unknown {
    if (isLeft && concerns(this, given[0])) {
      isLeft = false;
      throw new Error("planted");
    }
    return original.apply(this, given);
  };
  Object.defineProperty(target, method, { value: planted, configurable: true, writable: true });
  return {
    [Symbol.dispose]: () =>
      Object.defineProperty(target, method, {
        value: original,
        configurable: true,
        writable: true,
      }),
  };
}

/** A server with a victim and a witness, both members of "all". */
class Scene implements AsyncDisposable {
  readonly log = new CapturedLog();
  readonly server: HubbubServer;
  readonly victim: RawClient;
  readonly witness: RawClient;

  private constructor(server: HubbubServer, victim: RawClient, witness: RawClient) {
    this.server = server;
    this.victim = victim;
    this.witness = witness;
  }

  static async set(keepAliveSeconds = 20): Promise<Scene> {
    const server = await startServer({
      ...QUIET,
      log: { level: "error", format: "json" },
      drainSeconds: 1,
      hubs: { chat: { webSocketKeepAliveIntervalInSeconds: keepAliveSeconds } },
    });
    const open = async (user: string) => {
      const claims = {
        sub: user,
        role: ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"],
        "webpubsub.group": ["all"],
      };
      const client = await RawClient.open(clientUrl(server, "chat", claims), {
        protocols: PROTOCOLS,
      });
      assert.equal((await client.json()).event, "connected");
      return client;
    };
    return new Scene(server, await open("victim"), await open("witness"));
  }

  /** The victim is closed with 1011 and the log has the stack; the witness is served as ever. */
  async ends(): Promise<void> {
    const { last } = await this.victim.untilClosed();
    assert.deepEqual(last, { kind: "close", code: 1011, reason: "Internal server error" });
    this.logged();
    await this.goesOn();
  }

  logged(): void {
    const entries = this.log.entries("Connection ended");
    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.reason, "internalError");
    assert.equal(entries[0]?.error, "Error: planted");
    assert.match(String(entries[0]?.stack), /bulkhead_test\.ts/);
  }

  async goesOn(): Promise<void> {
    this.witness.send('{"type":"ping"}');
    for (;;) {
      const frame = await this.witness.json();
      if (frame.type === "pong") break;
      assert.equal(frame.type, "message");
    }
    assert.equal((await rest(this.server, "HEAD", "/api/hubs/chat/users/witness")).status, 200);
    assert.equal((await rest(this.server, "HEAD", "/api/hubs/chat/users/victim")).status, 404);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.victim.drop();
    this.witness.drop();
    await this.server.close();
    this.log[Symbol.dispose]();
  }
}

const isVictim = (connection: Connection) => connection.identity.userId === "victim";

Deno.test("a fault while a client is let in: it is closed at once, and not left open unheard", async () => {
  await using scene = await Scene.set();
  using _ = plant(GroupIndex.prototype, "join", () => true);
  const url = clientUrl(scene.server, "chat", { "webpubsub.group": ["planted"] });
  const newcomer = await RawClient.open(url, { protocols: PROTOCOLS });
  const { last } = await newcomer.untilClosed();
  assert.equal(last.kind === "close" && last.code, 1011);
  assert.match(String(scene.log.entries("Handshake failed")[0]?.stack), /bulkhead_test\.ts/);
  scene.witness.send('{"type":"ping"}');
  assert.equal((await scene.witness.json()).type, "pong");
});

Deno.test("a fault in reading a frame", async () => {
  await using scene = await Scene.set();
  using _ = plant(jsonCodec, "decode", (_codec, data) => String(data).includes("planted"));
  scene.victim.send('{"type":"ping","planted":1}');
  await scene.ends();
});

Deno.test("a fault in a command", async () => {
  await using scene = await Scene.set();
  using _ = plant(GroupIndex.prototype, "hasRoomFor", (_index, group) => group === "planted");
  scene.victim.send('{"type":"joinGroup","group":"planted","ackId":1}');
  await scene.ends();
});

Deno.test("a fault in a delivery: the other members of the group have their message", async () => {
  await using scene = await Scene.set();
  using _ = plant(Connection.prototype, "deliver", isVictim);
  const sent = await rest(scene.server, "POST", "/api/hubs/chat/groups/all/:send", { body: "x" });
  assert.equal(sent.status, 202);
  assert.equal((await scene.witness.json()).type, "message");
  await scene.ends();
});

Deno.test("a fault in a write", async () => {
  await using scene = await Scene.set();
  let isArmed = false;
  using _ = IS_BATCHING
    ? plant(BatchingSocket.prototype, "flush", () => isArmed)
    : plant(DenoSocket.prototype, "send", () => isArmed);
  isArmed = true;
  scene.victim.send('{"type":"ping"}');
  await scene.ends();
});

Deno.test("a fault in a close: the others of the hub are closed as they should be", async () => {
  await using scene = await Scene.set();
  using _ = plant(Connection.prototype, "end", isVictim);
  const closed = await rest(scene.server, "POST", "/api/hubs/chat/:closeConnections");
  assert.equal(closed.status, 204);
  const { last } = await scene.victim.untilClosed();
  assert.equal(last.kind === "close" && last.code, 1011);
  const { last: end } = await scene.witness.untilClosed();
  assert.equal(end.kind === "close" && end.code, 1000);
  scene.logged();
});

Deno.test({
  name: "a fault in the keep-alive's timer",
  ignore: !IS_BATCHING, // the runtime's own
  fn: async () => {
    await using scene = await Scene.set(1);
    using _ = plant(BatchingSocket.prototype, "ping", () => true);
    const { last } = await scene.victim.untilClosed();
    // Both have been silent equally long; the victim came first.
    assert.equal(last.kind === "close" && last.code, 1011);
    assert.equal((await scene.witness.next()).kind, "ping");
    scene.logged();
  },
});

Deno.test("a fault in the timer that moves queues on", async () => {
  await using scene = await Scene.set();
  const { server, victim } = scene;
  using slow = await PacedReader.open(clientUrl(server, "chat", { "webpubsub.group": "slow" }));
  let isArmed = false;
  using _ = plant(SOCKET as BatchingSocket, "pump", () => isArmed);
  const body = new Uint8Array(1024 * 1024);
  const path = "/api/hubs/chat/groups/slow/:send";
  const sends = Array.from({ length: 12 }, () => rest(server, "POST", path, { body }));
  assert((await Promise.all(sends)).every(({ status }) => status === 202));
  isArmed = true;
  await slow.readAll();
  assert.equal(slow.close?.code, 1011);
  scene.logged();
  victim.send('{"type":"ping"}');
  assert.equal((await victim.json()).type, "pong");
});
