/**
 * Runs every bench, each in a process of its own; at the end, how far the goals are met, and the benches' last lines in
 * one JSON line.
 *
 *     deno task bench [--quick] [NAME ...]
 */
import { fileURLToPath } from "node:url";
import { denoBench } from "./support/deno_bench.ts";
import { goalRows, judge } from "./support/goals.ts";
import { quick, result, say, table } from "./support/report.ts";

/** A bench: its file here, flags of the runtime, whether a short run leaves it out. */
interface Bench {
  readonly name: string;
  readonly runtimeFlags?: readonly string[];
  /** Has no short form, or says nothing about the server as a whole. */
  readonly fullOnly?: boolean;
  /** A file of `Deno.bench`, and which of its names make a short run. */
  readonly quickNames?: string;
}

const BENCHES: readonly Bench[] = [
  { name: "fanout" },
  { name: "fairness" },
  { name: "idle" },
  { name: "connect" },
  { name: "startup" },
  { name: "rest" },
  { name: "upstream" },
  { name: "index", runtimeFlags: ["--v8-flags=--expose-gc"] },
  { name: "counts" },
  { name: "codec", quickNames: "/, text$/" },
  { name: "frames", fullOnly: true },
  { name: "filter", fullOnly: true },
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
const begin = performance.now();
for (const bench of BENCHES) {
  const { name, quickNames } = bench;
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  if (wanted.length > 0 ? !wanted.includes(name) : quick && bench.fullOnly) continue;
  const started = performance.now();
  say(`== ${name}`);
  const succeeded = quickNames === undefined
    ? await runBench(bench, file)
    : await runDenoBench(name, file, quick ? quickNames : undefined);
  if (!succeeded) failed.push(name);
  say(`(${seconds(started)} s)`);
  say();
}
const goals = judge(figures);
say(`== goals (all benches took ${seconds(begin)} s)`);
if (goals.length > 0) table(goalRows(goals), [1, 2, 3]);
if (failed.length > 0) say(`failed: ${failed.join(", ")}`);
result("all", { ...figures, goals });
if (failed.length > 0) Deno.exitCode = 1;

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/** Prints what the bench prints, keeps its JSON line; tells whether it succeeded. */
async function runBench({ name, runtimeFlags = [] }: Bench, file: string): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...runtimeFlags, file, ...(quick ? ["--quick"] : [])],
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

/** Prints and keeps the timings; tells whether all succeeded. */
async function runDenoBench(name: string, file: string, names?: string): Promise<boolean> {
  try {
    const timings = await denoBench(file, names);
    figures[name] = timings;
    table([
      ["", "ns each", "75 % below"],
      ...timings.map(({ name, averageNs, p75Ns }) => [name, `${averageNs}`, `${p75Ns}`]),
    ]);
    return true;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return false;
  }
}
