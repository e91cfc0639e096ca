// deno-lint-ignore-file no-console -- the log's only way out is what is captured here
/**
 * The log lines of servers in this process, which go to stderr otherwise.
 */

/** Captures from its making to its end, and passes nothing on. For servers that log as JSON. */
export class CapturedLog implements Disposable {
  readonly #original = console.error;
  readonly #lines: string[] = [];

  constructor() {
    console.error = (line: string) => void this.#lines.push(line);
  }

  /** Everything that was logged. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The entries with `message`, without the time. */
  entries(message: string): Record<string, unknown>[] {
    return this.#lines.map((line) => JSON.parse(line))
      .filter((entry) => entry.message === message)
      .map(({ time: _, ...entry }) => entry);
  }

  [Symbol.dispose](): void {
    console.error = this.#original;
  }
}
