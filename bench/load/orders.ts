// deno-lint-ignore-file no-console -- its lines are the answers to the bench that started it
/** How a bench talks to a load generator: one JSON text a line, an order in, an answer out. */
import { createInterface } from "node:readline";
import process from "node:process";

/** What the generator was started with. */
export function job<Job>(): Job {
  return JSON.parse(Deno.args[0] ?? "{}") as Job;
}

/** How an order, or the start, went wrong; whoever asked throws it. */
export interface Refusal {
  readonly error: string;
}

/**
 * Sets up and says that it is ready, then answers orders until there are no more. What is thrown is an answer too: a
 * `Refusal`.
 */
export async function answerOrders<Order>(
  setUp: () => Promise<(order: Order) => Promise<unknown>>,
): Promise<void> {
  try {
    const answer = await setUp();
    console.log(JSON.stringify("ready"));
    for await (const line of createInterface({ input: process.stdin })) {
      console.log(JSON.stringify(await answer(JSON.parse(line) as Order).catch(refusal)));
    }
    Deno.exit(0);
  } catch (error) {
    console.log(JSON.stringify(refusal(error)));
    Deno.exit(1);
  }
}

function refusal(error: unknown): Refusal {
  return { error: error instanceof Error ? error.message : String(error) };
}
