/**
 * What the runtime itself can do, for comparison: reads bodies over `node:net`, judges and keeps nothing. Its first line
 * says where it listens.
 */
import type { Buffer } from "node:buffer";
import net from "node:net";

const TAKEN = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
const FINE = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

if (import.meta.main) {
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, serve);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
    const { port } = server.address() as net.AddressInfo;
    // deno-lint-ignore no-console
    console.log(JSON.stringify({ endpoint: `http://127.0.0.1:${port}` }));
  });
}

function serve(socket: net.Socket): void {
  /** Bytes of the body that are still to come. */
  let left = 0;
  socket.on("error", () => {});
  socket.on("end", () => socket.end());
  socket.on("data", (chunk) => {
    if (left > 0) left -= chunk.length;
    else left = bodyAfter(chunk);
    if (left === 0) socket.write(chunk[0] === "G".charCodeAt(0) ? FINE : TAKEN);
  });
}

/** How much of its body a request leaves to come; heads come whole here. */
function bodyAfter(chunk: Buffer): number {
  const head = chunk.indexOf("\r\n\r\n") + 4;
  const length = /content-length: (\d+)/i.exec(chunk.toString("latin1", 0, head))?.[1] ?? 0;
  return Number(length) - (chunk.length - head);
}
