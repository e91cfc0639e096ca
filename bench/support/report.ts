// deno-lint-ignore-file no-console -- benches print
/** What benches print: tables, medians, one JSON line at the end. */

/** Whether a short run was asked for. */
export const quick: boolean = Deno.args.includes("--quick");

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Prints rows in columns, the first one flush left, and those in `left`. */
export function table(rows: readonly (readonly string[])[], left: readonly number[] = []): void {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cell.length));
  }
  for (const row of rows) {
    const cells = row.map((cell, i) =>
      i === 0 || left.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
    );
    console.log(cells.join("  ").trimEnd());
  }
}

/** Prints a line. */
export function say(line = ""): void {
  console.log(line);
}

/** Prints the result for programs: the last line of a bench. */
export function result(bench: string, figures: unknown): void {
  console.log(JSON.stringify({ bench, quick, deno: Deno.version.deno, figures }));
}
