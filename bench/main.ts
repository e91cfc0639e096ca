/**
 * Runs every bench, each in a process of its own, and gathers their last lines into one JSON line.
 *
 *     deno task bench [--quick] [NAME ...]
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { quick, result, say } from "./support/report.ts";

/** A bench: its file here, flags of the runtime, whether a short run leaves it out. */
interface Bench {
  readonly name: string;
  readonly runtimeFlags?: readonly string[];
  /** Has no short form, and says nothing about the server as a whole. */
  readonly fullOnly?: boolean;
}

const BENCHES: readonly Bench[] = [
  { name: "fanout" },
  { name: "idle" },
  { name: "connect" },
  { name: "startup" },
  { name: "rest" },
  { name: "upstream" },
  { name: "index", runtimeFlags: ["--v8-flags=--expose-gc"], fullOnly: true },
  { name: "frames", fullOnly: true },
  { name: "filter", fullOnly: true },
  { name: "codec", fullOnly: true },
  { name: "protobuf", fullOnly: true },
];

/** A bench that takes longer is ended, in milliseconds. */
const TIME_LIMIT_MS = 10 * 60_000;

const wanted = Deno.args.filter((argument) => !argument.startsWith("-"));
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  const known = BENCHES.map(({ name }) => name).join(", ");
  say(`Cannot run "${unknown.join('", "')}": benches are ${known}`);
  Deno.exit(2);
}

const figures: Record<string, unknown> = {};
const failed: string[] = [];
for (const bench of BENCHES) {
  const { name } = bench;
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  if (wanted.length > 0 ? !wanted.includes(name) : quick && bench.fullOnly) continue;
  if (!existsSync(file)) continue;
  say(`== ${name}`);
  if (await runBench(bench, file)) say();
  else failed.push(name);
}
result("all", figures);
if (failed.length > 0) {
  say(`failed: ${failed.join(", ")}`);
  Deno.exit(1);
}

/** Prints what the bench prints, keeps its JSON line; tells whether it succeeded. */
async function runBench({ name, runtimeFlags = [] }: Bench, file: string): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...runtimeFlags, file, ...(quick ? ["--quick"] : [])],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGTERM"), TIME_LIMIT_MS);
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(name, line);
  }
  if (rest !== "") take(name, rest);
  clearTimeout(timer);
  return (await child.status).success;
}

function take(name: string, line: string): void {
  if (line.startsWith('{"')) figures[name] = JSON.parse(line).figures ?? JSON.parse(line);
  else say(line);
}
