/** Child processes of the benches: started, asked, watched and ended by their own handles. Linux only. */
import { readFileSync } from "node:fs";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Kernel clock ticks a second of `/proc/PID/stat`: 100 on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** How a child is started. */
export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** A child that says one JSON text a line. */
export class Child implements AsyncDisposable {
  readonly pid: number;
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.#process = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
      ...options,
    }).spawn();
    this.pid = this.#process.pid;
    this.#lines = linesOf(this.#process.stdout);
    this.#input = this.#process.stdin.getWriter();
  }

  /** The next JSON line; other lines are passed over. */
  async next<Value>(timeoutSeconds = 60): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const message = `Process ${this.pid} has said nothing for ${timeoutSeconds} s`;
    const timer = setTimeout(() => reject(new Error(message)), timeoutSeconds * 1000);
    try {
      while (true) {
        const { value, done } = await Promise.race([this.#lines.next(), late]);
        if (done) throw new Error(`Process ${this.pid} ended without an answer`);
        if (/^[{"]/.test(value)) return JSON.parse(value) as Value;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives an order, waits for the answer. */
  async ask<Answer>(order: unknown, timeoutSeconds = 60): Promise<Answer> {
    await this.#input.write(encoder.encode(JSON.stringify(order) + "\n"));
    return await this.next<Answer>(timeoutSeconds);
  }

  /** CPU time of all its threads so far, in microseconds. */
  cpuMicros(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything; fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * (1_000_000 / TICKS_PER_SECOND);
  }

  /** Memory in use, in KiB. */
  residentKib(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.#process.status;
    await this.#input.abort().catch(() => {});
    await this.#lines.return?.();
  }
}

/** Runs a command to its end; gives its output, throws when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    ...options,
  }).output();
  if (success) return decoder.decode(stdout);
  const said = decoder.decode(stderr).trim().split("\n").slice(-2).join(" ");
  throw new Error(`Cannot run ${command} ${args.join(" ")}: ${said}`);
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
