/** The server under attack: the real program in a process of its own, watched from outside. Linux only. */
import { readFileSync } from "node:fs";
import { DEVELOPMENT_KEY } from "../../src/auth/access_key.ts";
import { clientUrl, rest } from "../../tests/support/rest_client.ts";
import type { Door } from "../load/client.ts";
import { HUB, JSON_PROTOCOL, serverArgs, type Transport } from "../support/hubbub.ts";
import { Child } from "../support/process.ts";

/** How a server is started beyond its transport. */
export interface ServerNeeds {
  /** Most open descriptors; the machine's own bound when left out. */
  readonly descriptors?: number;
  /** A module that the runtime loads first. */
  readonly preload?: string;
  /** Settings as environment variables. */
  readonly env?: Record<string, string>;
}

/** What the system says of a process; empty when it is gone. The runtime reads there with all permissions only. */
function processFacts(program: "cat" | "ls", path: string): string {
  const { stdout } = new Deno.Command(program, { args: [path], stderr: "null" }).outputSync();
  return new TextDecoder().decode(stdout);
}

/** A running server. */
export class Target implements AsyncDisposable {
  readonly process: Child;
  readonly port: number;
  readonly endpoint: string;
  readonly accessKey = DEVELOPMENT_KEY;
  readonly #log: string;

  constructor(process: Child, endpoint: string, log: string) {
    this.process = process;
    this.endpoint = endpoint;
    this.port = Number(new URL(endpoint).port);
    this.#log = log;
  }

  /** Memory in use now and at most so far, in MiB. */
  get memory(): { readonly now: number; readonly peak: number } {
    return { now: this.process.residentKib() / 1024, peak: this.process.peakKib() / 1024 };
  }

  /** Open descriptors. */
  get descriptors(): number {
    return processFacts("ls", `/proc/${this.process.pid}/fd`).trim().split("\n").length;
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    const status = processFacts("cat", `/proc/${this.process.pid}/status`);
    return status !== "" && !/^State:\s+Z/m.test(status);
  }

  /** The lines of its log. */
  logLines(): string[] {
    return readFileSync(this.#log, "utf8").split("\n").filter((line) => line !== "");
  }

  /** A way in for a JSON client. */
  door(claims: Record<string, unknown> = {}, protocol: string = JSON_PROTOCOL): Door {
    const { pathname, search } = new URL(clientUrl(this, HUB, claims));
    return { port: this.port, path: pathname + search, protocol, greeting: 1 };
  }

  /** A REST call of the hub of all scenarios; `path` begins behind the hub. */
  rest(method: string, path: string, init: RequestInit = {}): ReturnType<typeof rest> {
    return rest(this, method, `/api/hubs/${HUB}${path}`, init);
  }

  /** Memory once it stands still, in MiB; waits 20 s at most. */
  async settledMib(): Promise<number> {
    let last = this.memory.now;
    for (let tries = 0; tries < 20; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const { now } = this.memory;
      if (Math.abs(now - last) < last / 100) return now;
      last = now;
    }
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await Deno.remove(this.#log);
  }
}

/** Starts a server and waits until it listens. */
export async function startTarget(transport: Transport, needs: ServerNeeds): Promise<Target> {
  const log = await Deno.makeTempFile({ prefix: "scenario-", suffix: ".log" });
  const [run = "run", ...args] = serverArgs(transport);
  const preload = needs.preload === undefined ? [] : ["--preload", needs.preload];
  const limit = needs.descriptors === undefined ? "" : `ulimit -n ${needs.descriptors}; `;
  const script = `${limit}log=$1; shift; exec "$@" 2>"$log"`;
  const process = new Child("sh", [
    "-c",
    script,
    "sh",
    log,
    Deno.execPath(),
    run,
    ...preload,
    ...args,
    "--log-level",
    "warn",
  ], { env: { NO_COLOR: "1", ...needs.env } });
  const { endpoint } = await process.next<{ endpoint: string }>();
  return new Target(process, endpoint, log);
}
