import type { FloodAnswer, FloodJob, FloodOrder } from "../load/flood_load.ts";
import { requestBytes } from "../../tests/rest/raw_http.ts";
import { HUB } from "../support/hubbub.ts";
import { startLoad } from "../support/process.ts";
import { health, type Latency, pause, pinger, probe } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

const message = (fields: Record<string, unknown>) => JSON.stringify(fields);

/** What is sent over and over: frames of clients, or requests that wait for no answer. */
const FLOODS = {
  pings: [message({ type: "ping" })],
  sends: [message({ type: "sendToGroup", group: "nobody", dataType: "text", data: "" })],
  joins: [
    message({ type: "joinGroup", group: "in" }),
    message({ type: "leaveGroup", group: "in" }),
  ],
  requests: "requests",
} as const;

type Flood = keyof typeof FLOODS;

/** Row 2: small frames as fast as they are taken. */
export const flood: Scenario = {
  name: "flood",
  story: "1 or 20 clients flood small frames for 8 s: pings and REST calls of others stay quick",
  seconds: 150,
  quick: true,
  run: (run) => judgeAll(run, ["pings", "sends", "joins"]),
};

/** The same by REST. */
export const requestFlood: Scenario = {
  name: "request-flood",
  story: "1 or 20 connections send REST calls for 8 s and wait for no answer: others stay quick",
  seconds: 90,
  quick: true,
  known: { native: "the runtime decides which request of a connection is answered when" },
  run: (run) => judgeAll(run, ["requests"]),
};

async function judgeAll(run: Run, floods: readonly Flood[]): Promise<void> {
  for (const what of floods) {
    for (const flooders of run.isQuick ? [1] : [1, 20]) {
      await judge(run, what, flooders, run.size(8, 3));
    }
  }
}

/** Row 13: the same for so long that an orchestrator would restart the server. */
export const longFlood: Scenario = {
  name: "long-flood",
  story: "one client floods small frames for 75 s: health answers within 100 ms all the while",
  seconds: 120,
  quick: false,
  async run(run) {
    await judge(run, "pings", 1, 75);
  },
};

async function judge(run: Run, what: Flood, flooders: number, seconds: number): Promise<void> {
  const server = await run.server();
  const ping = await pinger(server);
  const calm = await measure(server, ping, pause(Math.min(seconds, 3) * 1000));
  const job = jobFor(server, FLOODS[what], flooders);
  const load = run.use(await startLoad("flood_load", job));
  const order: FloodOrder = { seconds };
  const flooded = load.ask<FloodAnswer>(order, seconds + 30);
  const busy = await measure(server, ping, flooded);
  const { frames, closed } = await flooded;

  const name = `${flooders} x ${what}`;
  run.figure(`${name}: frames taken`, frames);
  for (const kind of ["ping", "rest", "health"] as const) {
    const [before, now] = [calm[kind], busy[kind]];
    run.figure(`${name}: ${kind} p99, ms`, `${before.p99.toFixed(1)} -> ${now.p99.toFixed(1)}`);
    const strict = kind === "health" ? 100 : Math.min(20, Math.max(5, 3 * before.p99));
    // Beside other checks only the kind of thing shows: without turns it was seconds.
    const bound = run.isQuick ? 1000 : strict;
    run.must(`${name}: ${kind} p99 is at most ${bound.toFixed(1)} ms`, now.p99 <= bound);
    run.must(`${name}: every ${kind} is answered`, now.unanswered === 0);
  }
  run.must(`${name}: nobody is cut for it`, closed === 0);
}

function jobFor(server: Target, what: readonly string[] | "requests", flooders: number): FloodJob {
  if (what === "requests") {
    const bytes = requestBytes(server, "HEAD", `/api/hubs/${HUB}/groups/nobody`);
    const request = new TextDecoder("latin1").decode(bytes);
    return { port: server.port, connections: flooders, request };
  }
  const role = ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup"];
  return { doors: Array.from({ length: flooders }, () => server.door({ role })), frames: what };
}

async function measure(
  server: Target,
  ping: () => Promise<void>,
  until: Promise<unknown>,
): Promise<{ readonly ping: Latency; readonly rest: Latency; readonly health: Latency }> {
  const call = () => server.rest("HEAD", "/groups/nobody");
  const [pings, calls, checks] = await Promise.all([
    probe(ping, 20, until),
    probe(call, 50, until),
    probe(() => health(server), 100, until),
  ]);
  return { ping: pings, rest: calls, health: checks };
}
