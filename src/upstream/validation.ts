/**
 * Abuse protection: before any event goes to a URL, the URL has to allow our origin. Results are remembered, failures
 * with a growing pause, and everyone who waits for one URL shares one request.
 *
 * Rules: CloudEvents HTTP webhook specification, the official emulator.
 */
import { printableUrl } from "../events/url_template.ts";
import type { Log } from "../ports.ts";
import type { Platform } from "../platform.ts";
import { Deadlines } from "../deadlines.ts";
import { Lanes } from "./lanes.ts";
import type { UpstreamLimits } from "./limits.ts";
import { expectedAnswer } from "./origin.ts";
import { askForPermission, type ValidationReport, type ValidationTarget } from "./permission.ts";
import { backoffMs, untilAborted } from "./retry.ts";

interface Entry {
  readonly template: string;
  state: "new" | "passed" | "failed";
  /** Passed: when it becomes stale. Failed: when the next try may be made. Milliseconds since 1970. */
  until: number;
  /** Failures in a row. */
  failures: number;
  pending: Promise<boolean> | undefined;
}

/** What the validator works with. */
export interface ValidatorDeps {
  readonly platform: Platform;
  readonly log: Log;
  readonly limits: UpstreamLimits;
}

/** Remembers which URLs allow which origins. */
export class Validator {
  readonly #deps: ValidatorDeps;
  readonly #entries = new Map<string, Entry>();
  /** Characters of all keys. */
  #length = 0;
  readonly #lanes: Lanes;
  readonly #deadlines: Deadlines<AbortController>;
  #stop = new AbortController();

  constructor(deps: ValidatorDeps) {
    this.#deps = deps;
    this.#lanes = new Lanes(deps.limits.lane);
    this.#deadlines = new Deadlines<AbortController>(deps.platform, deps.limits.validationMs);
  }

  /** How many results are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Whether events may go to the target. At once where the memory says so, else after a request that all callers
   * share; `false` as soon as `signal` aborts.
   */
  check(target: ValidationTarget, signal: AbortSignal | undefined): boolean | Promise<boolean> {
    const entry = this.#entry(target);
    const now = this.#deps.platform.now();
    if (entry.state === "passed") {
      // A stale pass still counts, while one request behind it finds out anew.
      if (now >= entry.until) void this.#refresh(entry, target);
      return true;
    }
    if (entry.state === "failed" && now < entry.until && entry.pending === undefined) return false;
    const refreshed = this.#refresh(entry, target);
    if (signal === undefined) return refreshed;
    return untilAborted(refreshed, signal).then((passed) => passed === true);
  }

  /** Forgets the results whose template is not in use any more. */
  retain(isUsed: (template: string) => boolean): void {
    for (const [key, entry] of this.#entries) {
      if (!isUsed(entry.template)) this.#forget(key);
    }
  }

  /** Gives up the requests under way; their results stay open. */
  abort(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  #entry(target: ValidationTarget): Entry {
    const key = `${target.origin.accepted.join(" ")} ${target.url}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        template: target.template,
        state: "new",
        until: 0,
        failures: 0,
        pending: undefined,
      };
      this.#entries.set(key, entry);
      this.#length += key.length;
      this.#forgetOldest();
    }
    return entry;
  }

  /** Keeps within the bounds; the newest entry stays in any case. */
  #forgetOldest(): void {
    const { maxValidations, maxValidationLength } = this.#deps.limits;
    for (const oldest of this.#entries.keys()) {
      const { size } = this.#entries;
      if (size <= 1 || (size <= maxValidations && this.#length <= maxValidationLength)) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    if (this.#entries.delete(key)) this.#length -= key.length;
  }

  #refresh(entry: Entry, target: ValidationTarget): Promise<boolean> {
    entry.pending ??= this.#ask(entry, target).finally(() => entry.pending = undefined);
    return entry.pending;
  }

  async #ask(entry: Entry, target: ValidationTarget): Promise<boolean> {
    const { platform, log, limits } = this.#deps;
    // Keyed by template and not by URL: hub names and origins come from clients and must not multiply requests.
    const lane = this.#lanes.get(target.template);
    if (!lane.enter()) return false;
    let report: ValidationReport | undefined;
    try {
      report = await askForPermission(target, {
        platform,
        deadlines: this.#deadlines,
        pausesMs: limits.retryPausesMs,
        lane,
        signal: this.#stop.signal,
      });
    } finally {
      lane.leave();
    }
    if (report === undefined) return entry.state === "passed";
    const now = platform.now();
    if (report.passed) {
      entry.state = "passed";
      entry.failures = 0;
      entry.until = now + limits.validationFreshMs;
      return true;
    }
    entry.state = "failed";
    entry.until = now + backoffMs(limits.validationBackoffMs, entry.failures++);
    log.warn("Event handler did not pass validation: no event is sent to it", {
      url: printableUrl(target.url),
      method: report.method,
      status: report.status,
      attempts: report.attempts,
      expected: expectedAnswer(target.origin),
      found: report.found ?? "no WebHook-Allowed-Origin",
      problem: report.problem,
      fix: report.fix,
      nextTryMs: entry.until - now,
    });
    return false;
  }
}
