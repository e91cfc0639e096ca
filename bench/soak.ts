/**
 * 1,000 cuts and more: the cut test again and again under fresh seeds, with the counts of each run and of all.
 * Ends by itself within five minutes; exits with 1 when a message was lost, duplicated or reordered.
 *
 *     deno run -A bench/soak.ts [cuts] [seed]
 */
// deno-lint-ignore-file no-console
import { runCuts } from "../tests/fault/cut_run.ts";

const CUTS_PER_RUN = 200;
const RUN_MS = 40_000;
const TOTAL_MS = 240_000;

const wanted = Number(Deno.args[0] ?? 1000);
let seed = Number(Deno.args[1] ?? Math.floor(Math.random() * 2 ** 32));
const started = Date.now();
const total = {
  runs: 0,
  receiverCuts: 0,
  publisherCuts: 0,
  published: 0,
  delivered: 0,
  duplicateAcks: 0,
  refusedRecoveries: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
};

while (total.receiverCuts < wanted && Date.now() - started < TOTAL_MS) {
  const result = await runCuts({ seed, cuts: CUTS_PER_RUN, deadlineMs: RUN_MS });
  const { verdict, receiverCuts, publisherCuts, published, duplicateAcks, ms } = result;
  console.log(`seed ${seed}, ${ms} ms:`, JSON.stringify({ ...verdict, receiverCuts, published }));
  total.runs++;
  total.receiverCuts += receiverCuts;
  total.publisherCuts += publisherCuts;
  total.published += published;
  total.duplicateAcks += duplicateAcks;
  total.refusedRecoveries += result.connections - result.clients;
  total.delivered += verdict.delivered;
  total.lost += verdict.lost;
  total.duplicated += verdict.duplicated;
  total.reordered += verdict.reordered;
  seed = (seed + 1) >>> 0;
}

console.log(`${Date.now() - started} ms:`, JSON.stringify(total));
const broken = total.lost + total.duplicated + total.reordered + total.refusedRecoveries;
Deno.exit(broken === 0 && total.receiverCuts >= wanted ? 0 : 1);
