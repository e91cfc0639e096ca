/**
 * Abuse protection: before any event goes to a URL, the URL has to allow our origin. Results are remembered, failures
 * with a growing pause, and everyone who waits for one URL shares one request.
 *
 * Rules: CloudEvents HTTP webhook specification, the official emulator.
 */
import type { Log } from "../hub/ports.ts";
import type { Platform } from "../platform.ts";
import { CE_VERSION } from "./cloud_event.ts";
import { callHandler, type CallOptions, type CallResult } from "./call.ts";
import { type Carrier, isSuccess } from "./carrier.ts";
import { Lanes } from "./concurrency.ts";
import { Deadlines } from "./deadlines.ts";
import type { UpstreamLimits } from "./limits.ts";
import { allowsOrigin, expectedAnswer, type WebhookOrigin } from "./origin.ts";
import { untilAborted } from "./retry.ts";
import { printableUrl } from "../events/url_template.ts";

/** What is to be validated. */
export interface ValidationTarget {
  /** The template with `{event}` = `validate`, query included. */
  readonly url: string;
  readonly hostname: string;
  /** Text of the template: a URL whose template is gone from the settings is forgotten. */
  readonly template: string;
  readonly origin: WebhookOrigin;
  readonly carrier: Carrier;
}

/** The outcome of one validation. The texts are for logs and reports and hold no secrets. */
export interface ValidationReport {
  readonly passed: boolean;
  /** The method of the last request. */
  readonly method: "OPTIONS" | "GET";
  /** `undefined` when no answer came. */
  readonly status: number | undefined;
  /** The value of `WebHook-Allowed-Origin`, shortened. */
  readonly found: string | undefined;
  readonly attempts: number;
  readonly problem: string;
  readonly fix: string;
}

/** Asks a URL, without any memory: OPTIONS and, if that answers 404, GET. */
export async function askForPermission(
  target: ValidationTarget,
  options: Omit<CallOptions, "carrier">,
): Promise<ValidationReport | undefined> {
  const headers = { "WebHook-Request-Origin": target.origin.sent, "ce-awpsversion": CE_VERSION };
  const { url, hostname, carrier } = target;
  const callOptions: CallOptions = { ...options, carrier };
  const nothing = { body: undefined, maxBodyBytes: undefined, readsRefusals: false };
  const first = { method: "OPTIONS", url, hostname, headers, ...nothing } as const;
  const result = await callHandler(first, callOptions);
  if (result.kind !== "answer" || result.status !== 404) {
    return reportOf("OPTIONS", result, target.origin);
  }
  const second = { ...first, method: "GET" } as const;
  return reportOf("GET", await callHandler(second, callOptions), target.origin);
}

/** `undefined` for a call that was given up: that says nothing about the handler. */
function reportOf(
  method: "OPTIONS" | "GET",
  result: CallResult,
  origin: WebhookOrigin,
): ValidationReport | undefined {
  const { attempts } = result;
  const none = { passed: false, method, status: undefined, found: undefined, attempts };
  if (result.kind === "aborted") return undefined;
  if (result.kind !== "answer") {
    const fix = result.kind === "denied"
      ? "list the host among the allowed hosts, if it is meant"
      : "start the handler, or correct host and port of its urlTemplate";
    return { ...none, problem: result.detail, fix };
  }
  const { status } = result;
  const header = result.headers.get("webhook-allowed-origin");
  const found = header === null ? undefined : shorten(header);
  const seen = { ...none, status, found };
  if (!isSuccess(status)) {
    const fix = status >= 300 && status < 400
      ? "write the final URL into urlTemplate: redirects are not followed"
      : status === 404
      ? "mount the handler at this path, or correct the path of its urlTemplate"
      : "let the handler answer OPTIONS with 200 before it authenticates anyone";
    return { ...seen, problem: `the answer to ${method} has status ${status}`, fix };
  }
  if (header === null) {
    return {
      ...seen,
      problem: "the answer has no WebHook-Allowed-Origin header",
      fix:
        `mount the service's middleware at this path, or answer OPTIONS with "WebHook-Allowed-Origin: *"`,
    };
  }
  if (!allowsOrigin(header, origin)) {
    return {
      ...seen,
      problem: "WebHook-Allowed-Origin names other origins",
      fix: `add "${origin.sent}" to the allowed endpoints of the handler, or set webhookOrigin`,
    };
  }
  return { ...seen, passed: true, problem: "", fix: "" };
}

const MAX_SHOWN = 200;

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

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
  readonly #deadlines: Deadlines;
  #stop = new AbortController();

  constructor(deps: ValidatorDeps) {
    this.#deps = deps;
    this.#lanes = new Lanes(deps.limits.lane);
    this.#deadlines = new Deadlines(deps.platform, deps.limits.validationMs);
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
    const { first, max } = limits.validationBackoffMs;
    entry.state = "failed";
    entry.until = now + Math.min(max, first * 2 ** Math.min(entry.failures++, 30));
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
