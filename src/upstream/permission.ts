/**
 * Asks a URL whether it allows our origin, without any memory of it.
 *
 * Rules: CloudEvents HTTP webhook specification, the official emulator.
 */
import { MAX_SHOWN_LENGTH } from "../limits.ts";
import { callHandler, type CallOptions, type CallResult } from "./call.ts";
import { type Carrier, isSuccess } from "./carrier.ts";
import { CE_VERSION } from "./cloud_event.ts";
import { allowsOrigin, type WebhookOrigin } from "./origin.ts";

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

function shorten(text: string): string {
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}...` : text;
}
