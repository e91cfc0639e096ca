import { pause, within } from "./probe.ts";
import type { Scenario } from "./scenario.ts";
import { BareSocket, sendHead } from "./sockets.ts";

const CHUNKED = { "transfer-encoding": "chunked" };
const MIB = 1024 * 1024;

/** Row 8: bodies that break the rules of HTTP. */
export const brokenBodies: Scenario = {
  name: "broken-bodies",
  story: "broken bodies get 400 or 431, or the connection ends: never 500, never an ERROR line",
  seconds: 60,
  quick: true,
  known: { native: "the runtime judges chunks and trailers by rules of its own" },
  async run(run) {
    const server = await run.server();
    const bodies: Record<string, { readonly text: string; readonly ends?: boolean }> = {
      "shorter than declared": {
        text: `${sendHead(server, { "content-length": "9" })}abc`,
        ends: true,
      },
      "chunk size not hex": { text: `${sendHead(server, CHUNKED)}zz\r\nabc\r\n0\r\n\r\n` },
      "chunk extension of 1 MiB": {
        text: `${sendHead(server, CHUNKED)}3;${"e".repeat(MIB)}\r\nabc\r\n0\r\n\r\n`,
      },
      "trailers of 1 MiB": {
        text: `${sendHead(server, CHUNKED)}3\r\nabc\r\n0\r\nt: ${"t".repeat(MIB)}\r\n\r\n`,
      },
      "line feeds alone": { text: `${sendHead(server, CHUNKED)}3\nabc\n0\n\n` },
      "chunked, cut in the middle": { text: `${sendHead(server, CHUNKED)}9\r\nabc`, ends: true },
    };
    for (const [name, { text, ends }] of Object.entries(bodies)) {
      const socket = run.use(new BareSocket(server.port));
      socket.write(text);
      if (ends) socket.socket.end();
      await within(3000, () => socket.status !== 0 || socket.closed);
      run.figure(name, socket.status || (socket.closed ? "ended" : "no answer"));
      const refused = socket.status === 0
        ? socket.closed
        : [400, 408, 413, 431].includes(socket.status);
      run.must(`${name}: refused, or the connection ended`, refused);
    }
    await pause(200);
    const errors = server.logLines().filter((line) => /ERROR/i.test(line)).length;
    run.figure("ERROR lines", errors);
    run.must("no ERROR line for what a client does", errors === 0);
  },
};
