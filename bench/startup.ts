/**
 * How long from the start of the process to the line that says "ready"? Goal: within 120 ms, from sources with cached
 * modules and in the executable (`dist/hubbub`, where it has been made).
 *
 *     deno run -A bench/startup.ts [--quick]
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hubbubFlags, serverArgs, TRANSPORTS } from "./support/hubbub.ts";
import { Child } from "./support/process.ts";
import { median, quick, result, table } from "./support/report.ts";

const RUNS = quick ? 3 : 10;
const GOAL_MS = 120;
const EXECUTABLE = fileURLToPath(new URL("../dist/hubbub", import.meta.url));

const ways = TRANSPORTS.map((transport) => ({
  name: `sources, ${transport}`,
  command: Deno.execPath(),
  args: serverArgs(transport),
}));
if (existsSync(EXECUTABLE)) {
  ways.push({ name: "executable, batching", command: EXECUTABLE, args: hubbubFlags("batching") });
}

const times = new Map<string, number[]>();
// One more, the first: it fills caches.
for (let run = 0; run <= RUNS; run++) {
  for (const { name, command, args } of ways) {
    const started = performance.now();
    await using child = new Child(command, args);
    await child.next();
    const ms = performance.now() - started;
    if (run > 0) times.set(name, [...(times.get(name) ?? []), ms]);
  }
}

const figures = [...times].map(([way, runs]) => ({
  way,
  medianMs: Math.round(median(runs)),
  fastestMs: Math.round(Math.min(...runs)),
}));
table([
  ["spawn to readiness line", "median ms", "fastest", "goal"],
  ...figures.map(({ way, medianMs, fastestMs }) => [
    way,
    String(medianMs),
    String(fastestMs),
    medianMs <= GOAL_MS ? "met" : `missed (<= ${GOAL_MS})`,
  ]),
]);
result("startup", figures);
