/**
 * Does one client make the others wait, or throw them out? Rows 1 and 2 of what a busy client can do:
 *
 * - floods of small frames (pings; sends to an empty group) by 1 and by 20 clients: the 99th percentile of another
 *   client's ping, of a REST send and of the health check, beside a calm run of the same minute;
 * - bursts of one publisher to 20 readers that read all the time: what arrives, who is cut, how much memory it takes.
 *
 * Server, honest clients and flooders are processes of their own. Goals: at most three times calm and below 20 ms;
 * everything arrives, nobody is cut.
 *
 *     deno run -A bench/fairness.ts [--quick] [native|batching]
 */
import { DEVELOPMENT_KEY } from "../src/auth/access_key.ts";
import { signToken } from "../tests/support/rest_client.ts";
import type { Burst, FairnessJob, FairnessOrder, Probe } from "./load/fairness_load.ts";
import { clientPath, HUB, JSON_PROTOCOL, startHubbub, TRANSPORTS } from "./support/hubbub.ts";
import { type Child, startLoad } from "./support/process.ts";
import { quick, result, say, table } from "./support/report.ts";

const SECONDS = quick ? 1.5 : 8;
const BURST_SECONDS = 60;
const READERS = 20;

const FLOODS = [
  { what: "pings", message: '{"type":"ping"}' },
  {
    what: "sends",
    message: '{"type":"sendToGroup","group":"nobody","dataType":"text","data":"x"}',
  },
] as const;
const BURSTS = quick
  ? [[64, 1024 * 1024], [40_000, 1024]] as const
  : [[64, 1024 * 1024], [1024, 64 * 1024], [40_000, 1024], [200_000, 200]] as const;

/** Percentiles under one flood, and the flood-free ones of just before. */
interface FloodRow extends Probe {
  readonly server: string;
  readonly flood: string;
  readonly frames: number;
  /** Of the ping and of the REST send, the worse of both. */
  readonly ratio: number;
}

interface BurstRow extends Burst {
  readonly server: string;
  readonly burst: string;
  readonly mebibytes: number;
}

const floods: FloodRow[] = [];
const bursts: BurstRow[] = [];
const wanted = TRANSPORTS.filter((one) => Deno.args.includes(one));

for (const transport of wanted.length > 0 ? wanted : TRANSPORTS) {
  await using children = new AsyncDisposableStack();
  const { process, port } = await startHubbub(transport);
  children.use(process);
  const job = jobFor(port);
  const [honest, hostile] = await Promise.all([
    startLoad("fairness_load", job),
    startLoad("fairness_load", job),
  ]);
  children.use(honest);
  children.use(hostile);
  // Bursts first: what floods have left unread is worked off for a while, in turns with everybody else's.
  await measureBursts(`hubbub ${transport}`, process, hostile);
  await measureFloods(`hubbub ${transport}`, honest, hostile);
}

say("99th percentiles of others in ms while clients flood, and the ratio to calm");
table([
  ["", "flood", "ping", "REST", "health", "longest", "ratio", "frames/s"],
  ...floods.map((row) => [
    row.server,
    row.flood,
    ...[row.ping, row.rest, row.health, row.worst, row.ratio].map((figure) => figure.toFixed(1)),
    (row.frames / SECONDS).toFixed(0),
  ]),
], [1]);
say();
say(`Bursts of one publisher to ${READERS} readers`);
table([
  ["", "burst", "delivered", "cut", "seconds", "MiB more"],
  ...bursts.map((row) => [
    row.server,
    row.burst,
    `${(row.delivered * 100).toFixed(1)} %`,
    row.publisherCut ? `${row.cut}, publisher` : `${row.cut}`,
    row.seconds.toFixed(1),
    row.mebibytes.toFixed(0),
  ]),
], [1]);
result("fairness", { floods, bursts });

async function measureFloods(server: string, honest: Child, hostile: Child): Promise<void> {
  const probe = (seconds: number) => ask<Probe>(honest, { do: "probe", seconds });
  await probe(1); // its code is compiled
  for (const { what, message } of FLOODS) {
    for (const clients of [1, 20]) {
      const calm = await probe(SECONDS / 2);
      if (clients === 1 && what === "pings") {
        floods.push({ server, flood: "none", frames: 0, ...calm, ratio: 1 });
      }
      const [{ frames }, flooded] = await Promise.all([
        ask<{ frames: number }>(hostile, { do: "flood", clients, message, seconds: SECONDS }),
        probe(SECONDS),
      ]);
      const ratio = Math.max(flooded.ping / calm.ping, flooded.rest / calm.rest);
      floods.push({ server, flood: `${what}, ${clients}`, frames, ...flooded, ratio });
    }
  }
}

async function measureBursts(server: string, process: Child, hostile: Child): Promise<void> {
  for (const [messages, bytes] of BURSTS) {
    const before = process.residentKib();
    let most = before;
    const watch = setInterval(() => most = Math.max(most, process.residentKib()), 50);
    const order = {
      do: "burst",
      messages,
      bytes,
      readers: READERS,
      seconds: BURST_SECONDS,
    } as const;
    const outcome = await ask<Burst>(hostile, order).finally(() => clearInterval(watch));
    const size = bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
    bursts.push({
      server,
      burst: `${messages} x ${size}`,
      mebibytes: (most - before) / 1024,
      ...outcome,
    });
  }
}

function ask<Answer>(load: Child, order: FairnessOrder): Promise<Answer> {
  return load.ask<Answer>(order, BURST_SECONDS + 60);
}

function jobFor(port: number): FairnessJob {
  const endpoint = `http://127.0.0.1:${port}`;
  const restPath = `/api/hubs/${HUB}/groups/nobody/:send?api-version=2024-12-01`;
  const aud = endpoint + restPath;
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const door = (claims: Record<string, unknown>) => ({
    port,
    path: clientPath(port, claims),
    protocol: JSON_PROTOCOL,
    greeting: 1,
  });
  return {
    client: door({ role: ["webpubsub.sendToGroup"] }),
    reader: door({ "webpubsub.group": ["burst"] }),
    endpoint,
    restPath,
    authorization: `Bearer ${signToken({ aud, exp }, DEVELOPMENT_KEY)}`,
  };
}
