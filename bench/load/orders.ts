// deno-lint-ignore-file no-console -- its lines are the answers to the bench that started it
/** How a bench talks to a load generator: one JSON text a line, an order in, an answer out. */
import { createInterface } from "node:readline";
import process from "node:process";

/** What the generator was started with. */
export function job<Job>(): Job {
  return JSON.parse(Deno.args[0] ?? "{}") as Job;
}

/** Says that it is ready, then answers orders until there are no more. */
export async function answerOrders<Order>(answer: (order: Order) => Promise<unknown>) {
  console.log(JSON.stringify("ready"));
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line) as Order)));
  }
  Deno.exit(0);
}
