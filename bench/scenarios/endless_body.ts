import { Buffer } from "node:buffer";
import { pause } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import { BareSocket } from "./sockets.ts";
import type { Target } from "./target.ts";

const CHUNK = Buffer.concat([
  Buffer.from("10000\r\n"),
  Buffer.alloc(65_536, "x"),
  Buffer.from("\r\n"),
]);
/** What the sockets of both sides may hold on loopback, beside what the server reads. */
const MAX_MIB = 16;

/** Row 7: a refused call whose body goes on. */
export const endlessBody: Scenario = {
  name: "endless-body",
  story: "a refused call whose body never ends is answered, read on for a little, then cut",
  seconds: 60,
  quick: true,
  known: { native: "the runtime reads on where a length was declared" },
  async run(run) {
    const server = await run.server();
    await judge(run, server, "chunked without end", "Transfer-Encoding: chunked");
    await judge(run, server, "10 GiB declared", `Content-Length: ${10 * 1024 ** 3}`);
  },
};

async function judge(run: Run, server: Target, name: string, header: string): Promise<void> {
  const socket = run.use(new BareSocket(server.port));
  socket.write(`POST /api/hubs/chat/:send HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
  let sent = 0;
  const started = performance.now();
  while (!socket.closed && performance.now() - started < 6000) {
    sent += CHUNK.length;
    await pause(socket.write(CHUNK) ? 0 : 5);
  }
  // What was handed to the socket has gone out, or waits here.
  const mib = (sent - socket.socket.writableLength) / 1024 ** 2;
  run.figure(`${name}: answer`, socket.status);
  run.figure(`${name}: taken, MiB`, mib);
  run.figure(`${name}: over after, s`, (performance.now() - started) / 1000);
  run.must(`${name}: answered 4xx`, socket.status >= 400 && socket.status < 500);
  run.must(`${name}: cut within 6 s`, socket.closed);
  run.must(`${name}: at most ${MAX_MIB} MiB are taken`, mib <= MAX_MIB);
}
