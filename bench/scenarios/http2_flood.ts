import { Buffer } from "node:buffer";
import { pause, probe } from "./probe.ts";
import type { Scenario } from "./scenario.ts";
import { BareSocket } from "./sockets.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const PING = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);

/** Row 6: HTTP/2 with prior knowledge on the clear port. */
export const http2Flood: Scenario = {
  name: "http2-flood",
  story: "HTTP/2 pings or settings without end on one connection: cut, and REST stays quick",
  seconds: 60,
  quick: true,
  known: { native: "the runtime serves HTTP/2 on the clear port and bounds no pings" },
  async run(run) {
    for (const [what, frame] of [["pings", PING], ["settings", SETTINGS]] as const) {
      const server = await run.server();
      const call = () => server.rest("HEAD", "/groups/g");
      const calm = await probe(call, 20, pause(1000));
      const attacker = run.use(new BareSocket(server.port));
      attacker.write(PREFACE);
      attacker.write(SETTINGS);
      const chunk = Buffer.concat(Array.from({ length: 500 }, () => frame));
      const seconds = run.size(3, 2);
      const flooding = (async () => {
        const until = performance.now() + seconds * 1000;
        while (performance.now() < until && !attacker.closed) {
          if (!attacker.write(chunk)) await pause(1);
          else await pause(0);
        }
      })();
      const busy = await probe(call, 20, Promise.all([flooding, pause(seconds * 1000)]));
      run.figure(`${what}: REST p50, ms`, `${calm.p50.toFixed(1)} -> ${busy.p50.toFixed(1)}`);
      run.must(`${what}: the flooder is cut`, attacker.closed);
      run.mustBeFast(
        `${what}: REST p50 at most 3 times calm`,
        busy.p50 <= Math.max(3, 3 * calm.p50),
      );
      run.must(`${what}: every call is answered`, busy.unanswered === 0);
    }
  },
};
