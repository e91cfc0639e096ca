/** Files of `Deno.bench`, run by `deno bench`. */
import { run } from "./process.ts";

/** What is read of the runtime's report. */
interface Report {
  readonly benches: readonly {
    readonly name: string;
    readonly results: readonly { readonly ok?: { readonly avg: number; readonly p75: number } }[];
  }[];
}

/** Nanoseconds of one iteration. */
export interface Timing {
  readonly name: string;
  readonly averageNs: number;
  readonly p75Ns: number;
}

/** Runs the benches of a file whose names match; throws when one fails. */
export async function denoBench(file: string, filter = "/./"): Promise<Timing[]> {
  const args = ["bench", "-A", "--no-check", "--json", "--filter", filter, file];
  const { benches } = JSON.parse(await run(Deno.execPath(), args)) as Report;
  return benches.map(({ name, results }) => {
    const timing = results[0]?.ok;
    if (timing === undefined) throw new Error(`Cannot bench "${name}": it has failed`);
    return { name, averageNs: Math.round(timing.avg), p75Ns: Math.round(timing.p75) };
  });
}
