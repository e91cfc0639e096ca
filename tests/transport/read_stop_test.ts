// A socket that is read no further leaves its bytes to the system, and loses none of them.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { stopReading } from "../../src/transport/read_stop.ts";

const SENT = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => i % 251);

/** A client that has sent all of `SENT`, and the server's end of its connection. */
async function scene() {
  const server = net.createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const connect = async () => {
    const client = net.connect(port, "127.0.0.1");
    const [socket] = await once(server, "connection") as [net.Socket];
    for (const end of [client, socket]) end.on("error", () => {});
    return { client, socket };
  };
  const { client, socket } = await connect();
  client.end(SENT);
  const received: Uint8Array[] = [];
  return {
    socket,
    received,
    /** The runtime reads whatever it wants to read: another client is served meanwhile, several times. */
    async othersAreServed() {
      const other = await connect();
      other.socket.resume();
      for (let i = 0; i < 5; i++) {
        other.client.write("ping");
        await once(other.socket, "data");
      }
      other.client.destroy();
      other.socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

Deno.test("a socket that is left unread brings nothing into memory, and later all of it in order", async () => {
  await using all = await scene();
  const { socket, received } = all;
  const first = Promise.withResolvers<void>();
  let mayStop = true;
  socket.on("data", (chunk) => {
    received.push(new Uint8Array(chunk));
    if (mayStop) stopReading(socket);
    first.resolve();
  });
  socket.resume();
  await first.promise;
  await all.othersAreServed();
  assert.equal(received.length, 1);
  assert.equal(socket.bytesRead, received[0]?.length);
  assert.equal(socket.readableLength, 0);

  mayStop = false;
  const ended = once(socket, "end");
  socket.resume();
  await ended;
  assert.deepEqual(new Uint8Array(await new Blob(received as BlobPart[]).arrayBuffer()), SENT);
});

Deno.test("a socket that is resumed in the same turn is read on", async () => {
  await using all = await scene();
  const { socket } = all;
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    stopReading(socket);
    socket.resume();
  });
  const ended = once(socket, "end");
  socket.resume();
  await ended;
  assert.equal(bytes, SENT.length);
});

Deno.test("a socket that is gone already may be left unread", async () => {
  await using all = await scene();
  all.socket.destroy();
  stopReading(all.socket);
  await all.othersAreServed();
});
