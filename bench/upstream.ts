/**
 * What does the way through the dispatcher cost beside the HTTP call that it makes?
 *
 * Events per second to a local handler (a thread of its own), and a bare `fetch` of the very same request in the same
 * run; a third row shows a `fetch` with no more than a content type, so that the price of the service's headers is
 * seen too. Rounds alternate, medians count. Goal: at least 0.7 of the bare fetch. Also: latency one by one, and what
 * making an event costs with our own code and with the `cloudevents` package.
 *
 *     deno run -A bench/upstream.ts [--quick]
 */
import { CloudEvent, HTTP } from "npm:cloudevents@10.0.0";
import type { EventSource } from "../src/hub/ports.ts";
import type { Log } from "../src/ports.ts";
import { systemPlatform } from "../src/platform.ts";
import { eventHeaders, userEvent } from "../src/upstream/cloud_event.ts";
import { Dispatcher } from "../src/upstream/dispatcher.ts";
import { NO_HANDLERS } from "../src/upstream/settings.ts";
import { TRAITS } from "../src/protocol/traits.ts";
import { readReply } from "../src/webpubsub/answer.ts";
import { eventRequest } from "../src/webpubsub/request.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 3 : 9;
const CALLS = quick ? 1000 : 6000;
const IN_FLIGHT = 32;
const SEQUENTIAL = quick ? 100 : 2000;
const BUILDS = quick ? 5000 : 50_000;
const BODY = "x".repeat(100);

const HANDLER = `
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => postMessage(port) }, async (request) => {
  if (request.method === "OPTIONS") return new Response(null, { headers: { "WebHook-Allowed-Origin": "*" } });
  await request.arrayBuffer();
  return new Response("ok", { headers: { "Content-Type": "text/plain" } });
});`;

const worker = new Worker(`data:application/javascript,${encodeURIComponent(HANDLER)}`, {
  type: "module",
});
const port = await new Promise<number>((resolve) => {
  worker.onmessage = ({ data }) => resolve(data);
});
const base = `http://127.0.0.1:${port}`;
const url = `${base}/eventhandler/message`;

const log: Log = { debug() {}, info() {}, warn: report, error: report };
function report(message: string, fields?: unknown): void {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
}

const SIGNATURE = Array.from({ length: 2 }, () => `sha256=${"0f".repeat(32)}`).join(",");
const source: EventSource = {
  hub: "chat",
  connectionId: "4f1c0b6e2d9a4c35",
  userId: "mia",
  subprotocol: "json.webpubsub.azure.v1",
  state: "eyJuIjoxfQ==",
  requestHost: "rt.example.test",
};
const payload = { kind: "text", text: BODY } as const;
const context = {
  id: 1,
  time: systemPlatform.now(),
  signature: SIGNATURE,
  origin: "rt.example.test",
  requestId: systemPlatform.randomUuid(),
};
const built = eventHeaders(source, userEvent("message", eventRequest(payload, undefined)), context);
if (!built.ok) throw new Error(`Cannot build the event: header "${built.header}" was refused`);

const handlers = [{
  urlTemplate: `${base}/eventhandler/{event}`,
  userEventPattern: "*",
  systemEvents: [],
  auth: { kind: "none" },
}] as const;
const settings = { ...NO_HANDLERS, hubs: new Map([["chat", handlers]]) };
const dispatcher = new Dispatcher(settings, {
  platform: systemPlatform,
  log,
  signature: () => SIGNATURE,
});
const signal = new AbortController().signal;

type Call = () => Promise<unknown>;
const plain = { "Content-Type": "text/plain; charset=utf-8" };
const calls: Record<string, Call> = {
  "bare fetch of the same request": () => bareFetch(built.headers),
  "bare fetch without its headers": () => bareFetch(plain),
  "dispatcher": async () => {
    const request = eventRequest(payload, undefined);
    const answer = await dispatcher.userEvent(source, 1, "message", request, signal);
    const outcome = readReply(answer, TRAITS.json);
    if (!outcome.ok) throw new Error("Event failed");
  },
};

async function bareFetch(headers: Record<string, string>): Promise<void> {
  const response = await fetch(url, { method: "POST", headers, body: BODY });
  if (await response.text() !== "ok") throw new Error("Call failed");
}

/** Calls a second with many in flight. */
async function throughput(call: Call): Promise<number> {
  let left = CALLS;
  const start = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (left-- > 0) await call();
  }));
  return CALLS / (performance.now() - start) * 1000;
}

/** Microseconds of one call after the other. */
async function latency(call: Call): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < SEQUENTIAL; i++) await call();
  return (performance.now() - start) / SEQUENTIAL * 1000;
}

/** Microseconds of making one event. */
function cost(build: () => unknown): number {
  for (let i = 0; i < BUILDS / 5; i++) build();
  const start = performance.now();
  for (let i = 0; i < BUILDS; i++) build();
  return (performance.now() - start) / BUILDS * 1000;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

const rates = new Map<string, number[]>();
const waits = new Map<string, number[]>();
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(calls)) {
    const [rate, wait] = [await throughput(call), await latency(call)];
    if (round < 0) continue; // warm-up
    rates.set(name, [...rates.get(name) ?? [], rate]);
    waits.set(name, [...waits.get(name) ?? [], wait]);
  }
}

const lines: string[] = [];
const results: { name: string; callsPerSecond: number; ratio: number }[] = [];
const bare = rates.get("bare fetch of the same request") ?? [];
for (const name of Object.keys(calls)) {
  const own = rates.get(name) ?? [];
  // Round by round, so that a busy machine slows both sides of a ratio.
  const ratio = median(own.map((rate, round) => rate / (bare[round] ?? NaN)));
  const rate = median(own);
  const wait = median(waits.get(name) ?? []);
  results.push({ name, callsPerSecond: Math.round(rate), ratio: Number(ratio.toFixed(3)) });
  lines.push(
    `${name.padEnd(32)} ${rate.toFixed(0).padStart(6)} calls/s  ratio ${ratio.toFixed(2)}` +
      `  ${wait.toFixed(0).padStart(5)} us one by one`,
  );
}
const own = cost(() =>
  eventHeaders(source, userEvent("message", eventRequest(payload, undefined)), context)
);
const library = cost(() =>
  HTTP.binary(
    new CloudEvent({
      type: "azure.webpubsub.user.message",
      source: `/hubs/${source.hub}/client/${source.connectionId}`,
      id: "1",
      time: "2026-11-24T09:30:00Z",
      datacontenttype: "text/plain; charset=utf-8",
      data: BODY,
      awpsversion: "1.0",
      hub: source.hub,
      eventname: "message",
      connectionid: source.connectionId,
      userid: source.userId,
      subprotocol: source.subprotocol,
      signature: SIGNATURE,
      connectionstate: source.state,
    }),
  )
);
lines.push(`making an event: own code ${own.toFixed(1)} us, cloudevents ${library.toFixed(1)} us`);
lines.push(JSON.stringify({ bench: "upstream", results }));
await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
worker.terminate();
Deno.exit(0);
