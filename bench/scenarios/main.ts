/**
 * What an attacker, or only a busy client, may do to a server: every scenario, or those named, over both transports.
 * Prints figures and claims; exits with 1 when a claim does not hold. Linux only.
 *
 *     deno task scenario [NAME...] [--quick] [--transport native|batching] [--list]
 *
 * `--quick`: the short forms, and only of those scenarios that have one.
 */
import { parseArgs } from "node:util";
import { type Transport, TRANSPORTS } from "../support/hubbub.ts";
import { say, table } from "../support/report.ts";
import { SCENARIOS } from "./list.ts";
import { Run, type Scenario } from "./scenario.ts";

const { positionals, values } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    transport: { type: "string" },
  },
});

const transports = TRANSPORTS.filter((kind) => kind === (values.transport ?? kind));
const unknown = positionals.filter((name) => SCENARIOS.every((each) => each.name !== name));
if (values.list) {
  table(SCENARIOS.map(({ name, quick, story }) => [name, quick ? "quick" : "", story]), [1, 2]);
} else if (unknown.length > 0 || transports.length === 0) {
  say(`Cannot run ${JSON.stringify(unknown[0] ?? values.transport)}: see --list`);
  Deno.exit(2);
} else {
  const chosen = SCENARIOS.filter(({ name, quick }) =>
    positionals.length > 0 ? positionals.includes(name) : quick || !values.quick
  );
  let failed = 0;
  for (const scenario of chosen) {
    for (const transport of transports) {
      if (!(await passes(scenario, transport))) failed++;
    }
  }
  const runs = chosen.length * transports.length;
  say(`${runs - failed} of ${runs} runs passed`);
  Deno.exit(failed === 0 ? 0 : 1);
}

/** Runs one scenario over one transport and prints what came of it. */
async function passes(scenario: Scenario, transport: Transport): Promise<boolean> {
  await using run = new Run(transport, values.quick);
  const started = performance.now();
  let failure: string | undefined;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message = `took longer than ${scenario.seconds} s`;
  const timer = setTimeout(() => reject(new Error(message)), scenario.seconds * 1000);
  try {
    await Promise.race([scenario.run(run), late]);
  } catch (error) {
    failure = error instanceof Error ? error.stack ?? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = failure === undefined && run.claims.every(({ holds }) => holds);
  const known = scenario.known?.[transport];
  const verdict = ok ? "pass" : known !== undefined ? "known" : "FAIL";
  say(`${verdict.padEnd(5)} ${scenario.name}, ${transport}, ${seconds} s`);
  if (verdict === "known") say(`      known: ${known}`);
  for (const [name, value] of Object.entries(run.figures)) say(`      ${name}: ${value}`);
  for (const { text, holds } of run.claims) {
    say(`      ${holds ? "holds" : "DOES NOT HOLD"}: ${text}`);
  }
  if (failure !== undefined) say(`      stopped by: ${failure}`);
  return verdict !== "FAIL";
}
