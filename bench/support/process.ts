/** Child processes of the benches: started, asked, watched and ended by their own handles. Linux only. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Refusal } from "../load/orders.ts";
import { CpuClock } from "./cpu_clock.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

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
  readonly #cpu: CpuClock;

  /** Its exit code, or the signal that ended it, once it has ended. */
  readonly ended: Promise<Deno.CommandStatus>;

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.#process = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
      ...options,
    }).spawn();
    this.pid = this.#process.pid;
    this.#cpu = new CpuClock(this.pid);
    this.ended = this.#process.status;
    this.#lines = linesOf(this.#process.stdout);
    this.#input = this.#process.stdin.getWriter();
  }

  /** The next JSON line, other lines are passed over; a refusal is thrown. */
  async next<Value>(timeoutSeconds = 60): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const message = `Process ${this.pid} has said nothing for ${timeoutSeconds} s`;
    const timer = setTimeout(() => reject(new Error(message)), timeoutSeconds * 1000);
    try {
      while (true) {
        const { value, done } = await Promise.race([this.#lines.next(), late]);
        if (done) throw new Error(`Process ${this.pid} ended without an answer`);
        if (!/^[{"]/.test(value)) continue;
        const said = JSON.parse(value) as Value | Refusal;
        if (!isRefusal(said)) return said;
        throw new Error(said.error);
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
    return this.#cpu.micros();
  }

  /** Memory in use, in KiB. */
  residentKib(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  }

  /** Highest memory in use so far, in KiB. */
  peakKib(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]);
  }

  /** Asks it to stop. */
  stop(): void {
    this.#process.kill("SIGTERM");
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

/** Starts a load generator of the folder `load`; throws when it cannot set up. */
export async function startLoad(name: string, job: unknown): Promise<Child> {
  const file = fileURLToPath(new URL(`../load/${name}.ts`, import.meta.url));
  const process = new Child(Deno.execPath(), [
    "run",
    "-A",
    "--no-check",
    file,
    JSON.stringify(job),
  ]);
  try {
    await process.next<string>(60);
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
  return process;
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

function isRefusal(said: unknown): said is Refusal {
  return typeof said === "object" && said !== null && "error" in said;
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
