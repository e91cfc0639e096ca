/**
 * Asks a handler by hand what the server would ask it, and says what came of it: the validation, then a probe event.
 */
import { compileUrlTemplate, printableUrl } from "../events/url_template.ts";
import { authorityFlaw } from "../events/webhook_origin.ts";
import type { Answered, AnswerFlaw, EventSource, HandlerRequest } from "../hub/ports.ts";
import type { Log } from "../ports.ts";
import { HANDLER_CALL_MS } from "../limits.ts";
import { type Platform, randomId } from "../platform.ts";
import { adviceFor } from "./advice.ts";
import { callHandler, type CallOptions } from "./call.ts";
import { isSuccess } from "./carrier.ts";
import { connectEvent } from "./cloud_event.ts";
import { Lane } from "./lanes.ts";
import { CookieJars } from "./cookies.ts";
import { Deadlines } from "../deadlines.ts";
import { compileSetup, prepareDelivery } from "./delivery.ts";
import { type ResolveHost, systemResolveHost } from "./egress_guard.ts";
import { UPSTREAM_LIMITS } from "./limits.ts";
import { expectedAnswer } from "./origin.ts";
import type { EgressSettings } from "./settings.ts";
import { askForPermission } from "./permission.ts";

/** What is to be checked. */
export interface CheckRequest {
  /** The handler's URL or template. */
  readonly urlTemplate: string;
  /** Lower-case hub for `{hub}` and the probe; default `chat`. */
  readonly hub?: string;
  /** As in the settings of the server: the override, and `host[:port]` of its endpoint. */
  readonly webhookOrigin: string | undefined;
  readonly publicHost: string;
  readonly egress: EgressSettings;
  readonly platform: Platform;
  /** What `connect` says of a client that does not exist, in the language of the clients to come. */
  readonly probe: HandlerRequest;
  /** Why that language could not use a 2xx answer; `undefined` when it would let the client in. */
  flawOf(answer: Answered): AnswerFlaw | undefined;
  /** `ce-signature` of the probe's connection id. */
  signature(connectionId: string): string;
  /** Default: the machine's resolver. */
  readonly resolveHost?: ResolveHost;
}

/** The findings as lines to print. They hold no query of the URL and no text of the handler. */
export interface CheckReport {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Validates the handler and posts it a `connect` event of a client that does not exist; the event has no further
 * effect, since nothing follows it. Failed requests are not retried: a check by hand shows the first failure.
 */
export async function checkHandler(request: CheckRequest): Promise<CheckReport> {
  const lines: string[] = [];
  const failed = (problem: string, fix: string): CheckReport => {
    return { ok: false, lines: [...lines, `  failed: ${problem}`, `  to do: ${fix}`] };
  };
  const compiled = compileUrlTemplate(request.urlTemplate);
  lines.push(`Handler ${printableUrl(request.urlTemplate)}`);
  if (!compiled.ok) return failed(`the URL ${compiled.flaw.problem}`, compiled.flaw.fix);
  const named = request.webhookOrigin ?? request.publicHost;
  const flaw = authorityFlaw(named);
  if (flaw !== undefined) return failed(`the origin "${named}" ${flaw.problem}`, flaw.fix);
  const prepared = prepareProbe(request);
  if ("problem" in prepared) return failed(prepared.problem, prepared.fix);

  const options = callOptions(request);
  const { validation, url, headers, event, carrier } = prepared;
  lines.push(`Validation ${printableUrl(validation.url)}`);
  lines.push(`  sent: WebHook-Request-Origin: ${validation.origin.sent}`);
  const report = await askForPermission(validation, options);
  if (report === undefined) return failed("the check was given up", "run it again");
  if (report.status !== undefined) {
    lines.push(`  ${report.method} answered ${report.status}`);
    lines.push(`  expected: ${expectedAnswer(validation.origin)}`);
    lines.push(`  found: ${report.found ?? "no WebHook-Allowed-Origin"}`);
  }
  if (!report.passed) return failed(report.problem, report.fix);
  lines.push("  passed");

  lines.push(`Probe event connect ${printableUrl(url)}`);
  const { hostname } = compiled.template;
  const result = await callHandler({
    method: "POST",
    url,
    hostname,
    headers,
    body: event.request.body,
    maxBodyBytes: UPSTREAM_LIMITS.maxAnswerBytes,
    readsRefusals: false,
  }, { ...options, carrier });
  if (result.kind === "answer") lines.push(`  POST answered ${result.status}`);
  if (result.kind !== "answer" || !isSuccess(result.status)) {
    const { problem, fix } = adviceFor(result);
    return failed(problem, fix);
  }
  const contentType = result.headers.get("content-type") ?? undefined;
  const answer: Answered = { ...result, kind: "answered", contentType, call: {} };
  const unusable = request.flawOf(answer);
  if (unusable !== undefined) return failed(unusable.problem, unusable.fix);
  lines.push("  passed: a client would be accepted");
  return { ok: true, lines };
}

function prepareProbe(request: CheckRequest): ReturnType<typeof prepareDelivery> {
  const { platform, egress, webhookOrigin, publicHost, hub = "chat" } = request;
  const handler = {
    urlTemplate: request.urlTemplate,
    userEventPattern: undefined,
    systemEvents: ["connect"],
    auth: { kind: "none" },
  } as const;
  const hubs = new Map([[hub, [handler]]]);
  const settings = {
    hubs,
    webhookOrigin,
    publicHost,
    callTimeoutMs: HANDLER_CALL_MS,
    egress,
  };
  const resolveHost = request.resolveHost ?? systemResolveHost;
  const setup = compileSetup(settings, { platform, resolveHost, carriers: {} });
  const compiled = setup.table.forSystem(hub, "connect");
  if (compiled === undefined) throw new Error("The probe's own handler does not take connect");
  const source: EventSource = {
    hub,
    connectionId: randomId(platform),
    userId: undefined,
    subprotocol: undefined,
    state: undefined,
    requestHost: publicHost,
  };
  const event = connectEvent(request.probe);
  return prepareDelivery(compiled, source, event, {
    setup,
    id: 0,
    time: platform.now(),
    signature: request.signature(source.connectionId),
    requestId: platform.randomUuid(),
    signal: undefined,
    cookies: new CookieJars(platform, SILENT),
  });
}

function callOptions(request: CheckRequest): Omit<CallOptions, "carrier"> {
  const lane = new Lane({ running: 1, waiting: 0 }, () => {});
  lane.enter();
  return {
    platform: request.platform,
    deadlines: new Deadlines<AbortController>(request.platform, UPSTREAM_LIMITS.validationMs),
    pausesMs: [],
    lane,
    signal: undefined,
  };
}
