/**
 * What does a REST call cost beside the HTTP framework under it?
 *
 * Sends to a group per second over 32 keep-alive connections, and in the same run calls of a bare Hono route that
 * answers 202. Each server is a process of its own, this one makes the load; rounds alternate, so that a busy machine
 * slows both sides of a ratio, and medians count. CPU time of the server per call is what a busy machine blurs least.
 * Tokens are verified always: once with one token for all calls, once with a fresh one for every call. Goals: at most
 * 2.2 and 3.8 times the CPU of the bare route. A second Hono route reads what such a call consists of and judges nothing: what the goals leave.
 *
 *     deno run -A bench/rest.ts [--quick]
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { type Context, Hono } from "hono";
import { DEVELOPMENT_KEY } from "../src/auth/access_key.ts";
import { startServer } from "../src/server.ts";
import { clientUrl, inSeconds, signToken } from "../tests/support/rest_client.ts";
import { CpuClock } from "./support/cpu_clock.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 3 : 9;
const CALLS = quick ? 2500 : 20_000;
const CONNECTIONS = 32;
const BODY = "x".repeat(100);
const HUB = "/api/hubs/bench";
const VERSIONS = "2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01";

/** Started by this file itself: a server that prints its port and runs until it is killed. */
async function serve(kind: string): Promise<void> {
  let port: number;
  if (kind !== "hubbub") {
    const app = new Hono();
    app.post(`${HUB}/groups/:group/*`, kind === "bare" ? answerOnly : readAll);
    const { promise, resolve } = Promise.withResolvers<number>();
    Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => resolve(port) },
      app.fetch,
    );
    port = await promise;
  } else {
    const server = await startServer({ port: 0, log: { level: "off", format: "text" } });
    port = Number(new URL(server.endpoint).port);
  }
  await write(`${port}\n`);
}

async function answerOnly(context: Context): Promise<Response> {
  await context.req.arrayBuffer(); // The runtime closes a connection whose body nobody reads.
  return context.body(null, 202);
}

const DECODER = new TextDecoder();
let seen = 0;

/** Reads what any server of this API has to read of a call, and judges nothing: the least that the runtime costs. */
async function readAll(context: Context): Promise<Response> {
  const request = context.req.raw;
  seen += request.url.length + request.method.length;
  request.headers.forEach((value) => seen += value.length);
  seen += DECODER.decode(await request.bytes()).length;
  return new Response(null, { status: 202, headers: { "api-supported-versions": VERSIONS } });
}

interface Started {
  readonly process: Deno.ChildProcess;
  readonly cpu: CpuClock;
  readonly port: number;
}

async function start(kind: string): Promise<Started> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(import.meta.url), "--serve", kind],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value));
  return { process, cpu: new CpuClock(process.pid), port };
}

/** Requests in bytes, made before the clock runs. `fresh`: how many different tokens; they take turns. */
function requests(port: number, group: string, fresh: number): Buffer[] {
  const target = `${HUB}/groups/${group}/:send?api-version=2024-12-01`;
  const aud = `http://127.0.0.1:${port}${target}`;
  return Array.from({ length: fresh }, () => {
    const token = signToken(
      { aud, exp: inSeconds(600), jti: crypto.randomUUID() },
      DEVELOPMENT_KEY,
    );
    return Buffer.from([
      `POST ${target} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
      "Content-Type: text/plain",
      `Content-Length: ${BODY.length}`,
      "",
      BODY,
    ].join("\r\n"));
  });
}

/** Keep-alive connections that send one request after the other. */
class Load {
  readonly #sockets: net.Socket[] = [];

  static async open(port: number): Promise<Load> {
    const load = new Load();
    for (let i = 0; i < CONNECTIONS; i++) {
      const socket = net.connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      await once(socket, "connect");
      load.#sockets.push(socket);
    }
    return load;
  }

  /** Sends every request once, and gives the calls per second. An answer other than 202 is an error. */
  async run(requests: readonly Buffer[], calls: number): Promise<number> {
    let sent = 0;
    let answered = 0;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = performance.now();
    for (const socket of this.#sockets) {
      const next = () => {
        if (sent === calls) return;
        const request = requests[sent++ % requests.length];
        if (request !== undefined) socket.write(request);
      };
      socket.removeAllListeners("data");
      socket.on("data", (chunk: Buffer) => {
        // Answers have no body and come in one piece on a local connection.
        if (chunk.toString("latin1", 9, 12) !== "202" || chunk.at(-1) !== 10) {
          reject(new Error(`not a 202: ${chunk.toString("latin1")}`));
          return;
        }
        if (++answered === calls) resolve();
        else next();
      });
      next();
    }
    await promise;
    return calls / (performance.now() - begin) * 1000;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

interface Row {
  readonly name: string;
  readonly load: Load;
  readonly server: Started;
  readonly group: string;
  readonly fresh: boolean;
}

/** Calls per second, and CPU time of the server in microseconds per call. */
interface Round {
  readonly rate: number;
  readonly cpu: number;
}

async function measureRow({ load, server, group, fresh }: Row): Promise<Round> {
  const prepared = requests(server.port, group, fresh ? CALLS : 1);
  const before = server.cpu.micros();
  const rate = await load.run(prepared, CALLS);
  return { rate, cpu: (server.cpu.micros() - before) / CALLS };
}

async function measure(): Promise<void> {
  const bare = await start("bare");
  const reading = await start("reading");
  const hubbub = await start("hubbub");
  const server = { endpoint: `http://127.0.0.1:${hubbub.port}`, accessKey: DEVELOPMENT_KEY };
  const member = new WebSocket(clientUrl(server, "bench", { "webpubsub.group": ["one"] }));
  await new Promise((resolve) => member.addEventListener("open", resolve, { once: true }));
  const bareLoad = await Load.open(bare.port);
  const readingLoad = await Load.open(reading.port);
  const load = await Load.open(hubbub.port);
  const rows: readonly Row[] = [
    { name: "bare Hono route", load: bareLoad, server: bare, group: "none", fresh: false },
    {
      name: "the same, read whole",
      load: readingLoad,
      server: reading,
      group: "none",
      fresh: false,
    },
    { name: "same token", load, server: hubbub, group: "none", fresh: false },
    { name: "fresh token per call", load, server: hubbub, group: "none", fresh: true },
    { name: "same token, one member", load, server: hubbub, group: "one", fresh: false },
  ];
  const rounds = new Map<Row, Round[]>(rows.map((row) => [row, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const row of rows) {
      const measured = await measureRow(row);
      if (round >= 0) rounds.get(row)?.push(measured); // the first warms up
    }
  }
  const base = rounds.get(rows[0] as Row) ?? [];
  const results = rows.map((row) => {
    const own = rounds.get(row) ?? [];
    const against = (of: (round: Round) => number) =>
      median(own.map((round, i) => of(round) / of(base[i] ?? round)));
    return {
      name: row.name,
      callsPerSecond: Math.round(median(own.map((round) => round.rate))),
      ratio: Number(against(({ rate }) => rate).toFixed(3)),
      cpuMicroseconds: Number(median(own.map(({ cpu }) => cpu)).toFixed(1)),
      cpuRatio: Number(against(({ cpu }) => cpu).toFixed(3)),
    };
  });
  for (const { name, callsPerSecond, ratio, cpuMicroseconds, cpuRatio } of results) {
    await write(
      `${name.padEnd(24)} ${String(callsPerSecond).padStart(6)} calls/s  ratio ${
        ratio.toFixed(2)
      }` +
        `  CPU ${cpuMicroseconds.toFixed(0).padStart(4)} us/call  ratio ${cpuRatio.toFixed(2)}\n`,
    );
  }
  await write(`${JSON.stringify({ bench: "rest", goals: { same: 2.2, fresh: 3.8 }, results })}\n`);
  member.close();
  bareLoad.close();
  readingLoad.close();
  load.close();
  bare.process.kill();
  reading.process.kill();
  hubbub.process.kill();
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function write(text: string): Promise<number> {
  return Deno.stdout.write(new TextEncoder().encode(text));
}

const serving = Deno.args.indexOf("--serve");
if (serving >= 0) {
  await serve(Deno.args[serving + 1] ?? "");
} else {
  await measure();
  Deno.exit(0);
}
