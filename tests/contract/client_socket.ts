/**
 * What every `ClientSocket` keeps, said once and asked of each implementation over real sockets.
 */
import assert from "node:assert/strict";
import type { ClientSocket } from "../../src/hub/client_socket.ts";
import { Frame } from "../../src/protocol/event.ts";
import { MAX_CLIENT_MESSAGE_BYTES as MIB } from "../../src/limits.ts";
import { type Guest, OpenEndpoint } from "../support/open_endpoint.ts";
import { RawClient } from "../support/raw_client.ts";
import { serveEndpoints, type Transport } from "../support/serve_endpoints.ts";

/** What an implementation cannot do, by the name of the test, and why. */
export type Skips = Readonly<Record<string, string>>;

interface Scene {
  readonly client: RawClient;
  readonly guest: Guest;
  readonly socket: ClientSocket;
}

/** One client and its socket in the server, open. */
async function withClient(
  transport: Transport,
  task: (scene: Scene) => Promise<void>,
  greet?: (socket: ClientSocket) => void,
): Promise<void> {
  const endpoint = new OpenEndpoint(greet);
  await using served = await serveEndpoints(transport, [endpoint]);
  using client = await RawClient.open(`${served.url}/clients/mqtt/hubs/chat`, {
    protocols: ["mqtt"],
  });
  assert.equal(client.status, 101);
  const guest = await endpoint.guests.next();
  assert.equal(await guest.reports.next(), "opened");
  await task({ client, guest, socket: guest.socket });
  client.drop();
}

/** Registers the suite. */
export function clientSocketContract(transport: Transport, skips: Skips = {}): void {
  const test = (name: string, task: (scene: Scene) => Promise<void>, greet?: Greet) =>
    Deno.test({
      name: `${transport} socket: ${name}${name in skips ? ` (not here: ${skips[name]})` : ""}`,
      ignore: name in skips,
      fn: () => withClient(transport, task, greet),
    });

  test("a text message is a string, a binary one bytes, in order", async ({ client, guest }) => {
    client.send("hello");
    client.send(new Uint8Array([1, 2]));
    client.send("");
    assert.equal(await guest.reports.next(), "text hello");
    assert.equal(await guest.reports.next(), "bytes 1,2");
    assert.equal(await guest.reports.next(), "text ");
  });

  test("fragments come as one message", async ({ client, guest }) => {
    client.sendFrame(1, new TextEncoder().encode("he"), false);
    client.sendFrame(0, new TextEncoder().encode("llo"));
    assert.equal(await guest.reports.next(), "text hello");
  });

  test("frames arrive in order, each of its kind", async ({ client, socket }) => {
    socket.send(new Frame("a"), 0);
    socket.send(new Frame(new Uint8Array([7])), 0);
    socket.send(new Frame("b"), 0);
    assert.deepEqual(await client.next(), { kind: "text", text: "a" });
    assert.deepEqual(await client.next(), { kind: "binary", bytes: new Uint8Array([7]) });
    assert.deepEqual(await client.next(), { kind: "text", text: "b" });
  });

  test("what is sent before the 101 answer comes right behind it", async ({ client }) => {
    assert.equal(await client.text(), "first");
    assert.equal(await client.text(), "second");
  }, (socket) => {
    socket.send(new Frame("first"), 0);
    socket.send(new Frame("second"), 0);
  });

  test("a close sends what is queued first, and nothing after it", async ({ client, socket }) => {
    socket.send(new Frame("last"), 0);
    socket.close(4001, "enough");
    socket.send(new Frame("late"), 0);
    const { before, last } = await client.untilClosed();
    assert.deepEqual(before, [{ kind: "text", text: "last" }]);
    assert.deepEqual(last, { kind: "close", code: 4001, reason: "enough" });
    client.close(4001);
  });

  test("a client that closes gets its code back, and is reported with code and reason", async ({ client, guest }) => {
    client.close(4002, "bye");
    assert.equal(await guest.reports.next(), "closed 4002 bye");
    const { last } = await client.untilClosed();
    assert(last.kind === "close");
    assert.equal(last.code, 4002);
  });

  test("a close without a code is reported as 1005", async ({ client, guest }) => {
    client.close();
    assert.equal(await guest.reports.next(), "closed 1005 ");
    await client.untilClosed();
  });

  test("a connection that is cut is reported as broken, once", async ({ client, guest }) => {
    client.drop();
    assert.equal(await guest.reports.next(), "broken");
    assert.equal(guest.reports.length, 0);
  });

  test("a text that is no UTF-8 is a violation, 1007", async ({ client, guest, socket }) => {
    client.sendFrame(1, new Uint8Array([0xff]));
    assert.equal(await guest.reports.next(), "violated 1007");
    socket.close(1007, "");
    const { last } = await client.untilClosed();
    assert(last.kind === "close" && last.code === 1007);
  });

  test("exactly 1 MiB passes, one byte more is a violation, 1009, in characters of any width", async ({ client, guest }) => {
    client.send("é".repeat(MIB / 2));
    assert.equal((await guest.reports.next()).length, "text ".length + MIB / 2);
    client.send(new Uint8Array(MIB));
    assert.match(await guest.reports.next(), /^bytes 0,0/);
    client.send("é".repeat(MIB / 2) + "x");
    assert.equal(await guest.reports.next(), "violated 1009");
  });

  test("one byte more than 1 MiB is a violation in a binary message too", async ({ client, guest }) => {
    client.send(new Uint8Array(MIB + 1));
    assert.equal(await guest.reports.next(), "violated 1009");
  });

  test("a dropped socket ends without a close frame", async ({ client, socket }) => {
    socket.drop();
    assert.deepEqual(await client.untilClosed(), { before: [], last: { kind: "end" } });
  });

  test("nothing is reported after the socket was dropped", async ({ client, guest, socket }) => {
    socket.drop();
    client.send("late");
    client.drop();
    await client.untilClosed();
    assert.equal(guest.reports.length, 0);
  });
}

type Greet = (socket: ClientSocket) => void;
