/**
 * Small things that tests over real sockets share.
 */

/**
 * Options of a server that says nothing and takes any free port. The end-to-end tests run over each transport:
 * HUBBUB_TEST_TRANSPORT says which.
 */
export const QUIET = {
  port: 0,
  log: { level: "off", format: "text" },
  transport: Deno.env.get("HUBBUB_TEST_TRANSPORT") === "native" ? "native" : "batching",
} as const;

/** The oldest runtime that is supported. */
export const IS_OLD_RUNTIME: boolean = Deno.version.deno.startsWith("2.4.");

/**
 * For tests in which others leak: official clients leave timers behind, the runtime bodies of calls that were given up.
 * Newer runtimes look for leaks only where asked to.
 */
export const LENIENT = { sanitizeOps: false, sanitizeResources: false } as const;

/** Longest wait for anything, in milliseconds; a test that reaches it has failed. */
const DEADLINE_MS = 10_000;

/** A queue of what has arrived; `next` waits for the next one and gives up after a deadline. */
export class Inbox<T> {
  #items: T[] = [];
  #waiter: (() => void) | undefined;

  /** Something arrived. */
  add(item: T): void {
    this.#items.push(item);
    this.#waiter?.();
    this.#waiter = undefined;
  }

  /** How much waits to be taken. */
  get length(): number {
    return this.#items.length;
  }

  /** The next one, in order of arrival. */
  async next(): Promise<T> {
    while (true) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error("nothing arrived in time")), DEADLINE_MS);
      this.#waiter = resolve;
      await promise.finally(() => clearTimeout(timer));
    }
  }
}

/** Asks until the answer is yes; every question is a round trip to the server, so nothing spins or sleeps. */
export async function until(question: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await question())) {
    if (Date.now() > deadline) throw new Error("the condition did not come true in time");
  }
}
