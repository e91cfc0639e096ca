/**
 * A scenario: what somebody may do to a server, and what has to hold meanwhile and afterwards. Bounded in count and time;
 * says its figures and which of its claims hold.
 */
import type { Transport } from "../support/hubbub.ts";
import { type ServerNeeds, startTarget, type Target } from "./target.ts";

/** One question with its way to the answer. */
export interface Scenario {
  readonly name: string;
  /** What happens to the server, and what must hold, in one line. */
  readonly story: string;
  /** A run that takes longer has failed, in seconds. */
  readonly seconds: number;
  /** Whether its short form runs with every check. */
  readonly quick: boolean;
  /** Why claims cannot hold over a transport: the run shows its figures and does not fail. */
  readonly known?: Partial<Record<Transport, string>>;
  run(run: Run): Promise<void>;
}

/** A claim that did or did not hold. */
export interface Claim {
  readonly text: string;
  readonly holds: boolean;
}

/** One run of a scenario over one transport. */
export class Run implements AsyncDisposable {
  readonly transport: Transport;
  readonly isQuick: boolean;
  readonly figures: Record<string, number | string> = {};
  readonly claims: Claim[] = [];
  readonly #stack = new AsyncDisposableStack();

  constructor(transport: Transport, isQuick: boolean) {
    this.transport = transport;
    this.isQuick = isQuick;
  }

  /** The size of something: in the whole form, and in the quick one. */
  size(whole: number, quick: number): number {
    return this.isQuick ? quick : whole;
  }

  /** Starts a server of the run's transport; it ends with the run. */
  async server(needs: ServerNeeds = {}): Promise<Target> {
    return this.#stack.use(await startTarget(this.transport, needs));
  }

  /** Whatever has to be ended with the run. */
  use<Ended extends AsyncDisposable | Disposable>(value: Ended): Ended {
    return this.#stack.use(value);
  }

  /**
   * Does something twice and claims that the second time adds at most `mib` to the server's memory: the first time pays
   * for code and heap that stay, whoever comes.
   */
  async twice(server: Target, mib: number, attack: () => Promise<unknown>): Promise<void> {
    const start = server.memory.now;
    await attack();
    const first = await server.settledMib();
    await attack();
    const second = await server.settledMib();
    const peak = server.memory.peak;
    const figures = [start, first, second, peak].map((value) => value.toFixed(0));
    this.figure("memory before, after once, after twice; peak, MiB", figures.join(", "));
    this.must(`the second time adds at most ${mib} MiB`, second - first <= mib);
  }

  /** A figure to be printed. */
  figure(name: string, value: number | string): void {
    this.figures[name] = typeof value === "number" ? Math.round(value * 100) / 100 : value;
  }

  /**
   * A claim about milliseconds. The short form only prints it: it runs with every check, beside whatever else the
   * machine does.
   */
  mustBeFast(text: string, holds: boolean): void {
    if (this.isQuick) this.figure(text, holds ? "yes" : "no");
    else this.must(text, holds);
  }

  /** A claim; the run fails if one does not hold. */
  must(text: string, holds: boolean): void {
    this.claims.push({ text, holds });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
