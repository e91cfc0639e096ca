/**
 * The servers that Hubbub is compared with. They are fetched into a folder for temporary files the first time, never
 * into the project; one that cannot be had is left out, with its reason.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child, run } from "./process.ts";
import { say } from "./report.ts";

/** What is fetched from npm; `bun` itself would need a script after its installation. */
const NPM_PACKAGES = {
  "@oven/bun-linux-x64": "1.4.5",
  "ws": "8.18.3",
  "socket.io": "4.8.4",
} as const;

const FOLDER = join(tmpdir(), "hubbub-bench-peers");

/** A peer that runs. */
export interface Peer {
  readonly name: string;
  readonly process: Child;
  readonly port: number;
}

/** A peer, or why there is none. */
export type PeerOutcome = Peer | { readonly name: string; readonly reason: string };

/** Starts all peers. */
async function startPeers(): Promise<PeerOutcome[]> {
  mkdirSync(FOLDER, { recursive: true });
  const failure = await install();
  const needs = (name: NpmPackage): void => {
    if (!installed(name)) throw failure ?? new Error(`Cannot find ${name} in ${modules()}`);
  };
  return await Promise.all([
    attempt("bun", () => {
      needs("@oven/bun-linux-x64");
      return startScript("bun_server.ts", join(modules(), "@oven/bun-linux-x64/bin/bun"));
    }),
    attempt("ws on node", () => {
      needs("ws");
      return startScript("ws_server.mjs", "node");
    }),
    attempt("socket.io on node", () => {
      needs("socket.io");
      return startScript("socketio_server.mjs", "node");
    }),
    attempt("nats-server", startNats),
  ]);
}

/** Starts the peers that can be had; says which cannot. */
export async function startRunnablePeers(): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const outcome of await startPeers()) {
    if ("reason" in outcome) say(`left out: ${outcome.name}: ${outcome.reason}`);
    else peers.push(outcome);
  }
  return peers;
}

type NpmPackage = keyof typeof NPM_PACKAGES;

function modules(): string {
  return join(FOLDER, "node_modules");
}

/** Whether exactly the wanted version is there. */
function installed(name: NpmPackage): boolean {
  const file = join(modules(), name, "package.json");
  return existsSync(file) &&
    JSON.parse(readFileSync(file, "utf8")).version === NPM_PACKAGES[name];
}

/** Fetches the packages unless all are there; gives the error that prevented it. */
async function install(): Promise<Error | undefined> {
  const names = Object.keys(NPM_PACKAGES) as NpmPackage[];
  if (names.every(installed)) return undefined;
  writeFileSync(join(FOLDER, "package.json"), '{"private":true}');
  const flags = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
  const wanted = names.map((name) => `${name}@${NPM_PACKAGES[name]}`);
  try {
    await run("npm", [...flags, ...wanted], { cwd: FOLDER });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function attempt(
  name: string,
  start: () => Promise<Omit<Peer, "name">>,
): Promise<PeerOutcome> {
  try {
    return { name, ...await start() };
  } catch (error) {
    return { name, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function startScript(file: string, runtime: string): Promise<Omit<Peer, "name">> {
  // Beside its packages, so that they are found.
  const script = join(FOLDER, file);
  copyFileSync(fileURLToPath(new URL(`../peers/${file}`, import.meta.url)), script);
  const process = new Child(runtime, [script]);
  const { port } = await process.next<{ port: number }>();
  return { process, port };
}

async function startNats(): Promise<Omit<Peer, "name">> {
  const program = await findNats();
  const port = freePort();
  const config = join(FOLDER, "nats.conf");
  writeFileSync(
    config,
    `host: "127.0.0.1"\nport: -1\nping_interval: "1h"\nlog_file: "/dev/null"\n` +
      `websocket { host: "127.0.0.1", port: ${port}, no_tls: true, compression: false }\n`,
  );
  const process = new Child(program, ["-c", config]);
  await listens(port);
  return { process, port };
}

/** The program of the system, or Debian's package unpacked. */
async function findNats(): Promise<string> {
  for (const folder of ["/usr/sbin", "/usr/bin", "/usr/local/bin", join(FOLDER, "usr/sbin")]) {
    const program = join(folder, "nats-server");
    if (existsSync(program)) return program;
  }
  await run("apt-get", ["download", "nats-server"], { cwd: FOLDER });
  const archive = readdirSync(FOLDER).find((name) => /^nats-server_.*\.deb$/.test(name));
  await run("dpkg-deb", ["-x", join(FOLDER, archive ?? "nats-server.deb"), FOLDER]);
  const folder = ["usr/sbin", "usr/bin"].find((one) =>
    existsSync(join(FOLDER, one, "nats-server"))
  );
  if (folder === undefined) throw new Error("Cannot find nats-server in Debian's package");
  return join(FOLDER, folder, "nats-server");
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function listens(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Cannot reach port ${port}: nothing listens`);
}
