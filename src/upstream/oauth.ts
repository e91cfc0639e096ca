/**
 * Bearer tokens for handlers: the OAuth 2.0 client credentials grant (RFC 6749, 4.4), the self-hosted counterpart of
 * a managed identity. Tokens are kept until shortly before they expire; everyone who waits shares one request.
 */
import type { Log } from "../ports.ts";
import {
  MAX_OAUTH_ANSWER_BYTES,
  OAUTH_BACKOFF_MS,
  OAUTH_DEFAULT_LIFE_MS,
  OAUTH_MIN_AGE_TO_REPLACE_MS,
  OAUTH_RENEW_BEFORE_MS,
  OAUTH_REQUEST_MS,
} from "../limits.ts";
import type { Platform } from "../platform.ts";
import { callHandler, type CallResult } from "./call.ts";
import { type Carrier, isSuccess } from "./carrier.ts";
import { Lane } from "./lanes.ts";
import { Deadlines } from "../deadlines.ts";
import type { HandlerAuth } from "./settings.ts";
import { printableUrl } from "../events/url_template.ts";
import { backoffMs, untilAborted } from "./retry.ts";

type Credentials = Extract<HandlerAuth, { kind: "oauth2" }>;

const TOKEN = /^[\x21-\x7e]+$/;

/** What the tokens are fetched with. */
export interface OAuthDeps {
  readonly platform: Platform;
  readonly log: Log;
  readonly retryPausesMs: readonly number[];
  /** The way to token servers under the current settings. */
  http(): Carrier;
}

interface Entry {
  token: string | undefined;
  fetchedAt: number;
  renewAt: number;
  expiresAt: number;
  failures: number;
  nextTryAt: number;
  pending: Promise<string | undefined> | undefined;
}

/** The tokens of all handlers, one for each set of credentials. */
export class OAuthTokens {
  readonly #deps: OAuthDeps;
  readonly #entries = new Map<string, Entry>();
  #stop = new AbortController();

  constructor(deps: OAuthDeps) {
    this.#deps = deps;
  }

  /** A valid token; `undefined` when none can be had now, which is logged, or when `signal` aborts. */
  token(
    credentials: Credentials,
    signal: AbortSignal | undefined,
  ): string | undefined | Promise<string | undefined> {
    const key = keyOf(credentials);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        token: undefined,
        fetchedAt: 0,
        renewAt: 0,
        expiresAt: 0,
        failures: 0,
        nextTryAt: 0,
        pending: undefined,
      };
      this.#entries.set(key, entry);
    }
    const now = this.#deps.platform.now();
    const mayTry = entry.pending !== undefined || now >= entry.nextTryAt;
    if (entry.token !== undefined && now < entry.expiresAt) {
      if (now >= entry.renewAt && mayTry) void this.#renew(entry, credentials);
      return entry.token;
    }
    if (!mayTry) return undefined;
    const renewed = this.#renew(entry, credentials);
    return signal === undefined ? renewed : untilAborted(renewed, signal);
  }

  /** Tells that a handler refused the token: the next event brings a new one, unless it was new already. */
  refused(credentials: Credentials): void {
    const entry = this.#entries.get(keyOf(credentials));
    if (entry === undefined) return;
    if (this.#deps.platform.now() - entry.fetchedAt >= OAUTH_MIN_AGE_TO_REPLACE_MS) {
      entry.expiresAt = 0;
    }
  }

  /** Forgets the tokens of credentials that are not in use any more. */
  retain(used: readonly HandlerAuth[]): void {
    const keys = new Set<string>();
    for (const auth of used) if (auth.kind === "oauth2") keys.add(keyOf(auth));
    for (const key of this.#entries.keys()) if (!keys.has(key)) this.#entries.delete(key);
  }

  /** Gives up the requests under way. */
  abort(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  #renew(entry: Entry, credentials: Credentials): Promise<string | undefined> {
    entry.pending ??= this.#request(entry, credentials).finally(() => entry.pending = undefined);
    return entry.pending;
  }

  async #request(entry: Entry, credentials: Credentials): Promise<string | undefined> {
    const { platform, log } = this.#deps;
    const result = await requestToken(credentials, this.#deps, this.#stop.signal);
    if (result.kind === "aborted") return undefined;
    const answer = readToken(result);
    const now = platform.now();
    if (typeof answer === "string") {
      entry.nextTryAt = now + backoffMs(OAUTH_BACKOFF_MS, entry.failures++);
      log.warn("Cannot get a token for an event handler: its events fail", {
        url: printableUrl(credentials.tokenUrl),
        status: result.kind === "answer" ? result.status : undefined,
        problem: answer,
        fix: "check tokenUrl, clientId, clientSecret and scope of the handler's auth",
      });
      return undefined;
    }
    entry.token = answer.token;
    entry.failures = 0;
    entry.nextTryAt = 0;
    entry.fetchedAt = now;
    entry.expiresAt = now + answer.lifeMs;
    // Short-lived tokens get at least three quarters of their life.
    entry.renewAt = entry.expiresAt - Math.min(OAUTH_RENEW_BEFORE_MS, answer.lifeMs / 4);
    return answer.token;
  }
}

function keyOf(credentials: Credentials): string {
  const { tokenUrl, clientId, clientSecret, scope } = credentials;
  return JSON.stringify([tokenUrl, clientId, clientSecret, scope]);
}

function requestToken(
  credentials: Credentials,
  deps: OAuthDeps,
  signal: AbortSignal,
): Promise<CallResult> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
  });
  if (credentials.scope !== undefined) form.set("scope", credentials.scope);
  const lane = new Lane({ running: 1, waiting: 0 }, () => {});
  lane.enter();
  return callHandler({
    method: "POST",
    url: credentials.tokenUrl,
    hostname: new URL(credentials.tokenUrl).hostname,
    headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
    body: form.toString(),
    maxBodyBytes: MAX_OAUTH_ANSWER_BYTES,
    readsRefusals: false,
  }, {
    platform: deps.platform,
    carrier: deps.http(),
    deadlines: new Deadlines<AbortController>(deps.platform, OAUTH_REQUEST_MS),
    pausesMs: deps.retryPausesMs,
    lane,
    signal,
  });
}

/** The token, or what is wrong with the answer. */
function readToken(result: CallResult): { token: string; lifeMs: number } | string {
  if (result.kind !== "answer") return result.detail;
  if (!isSuccess(result.status)) return `the token server answered ${result.status}`;
  const answer = parseObject(new TextDecoder().decode(result.body));
  const token = answer?.get("access_token");
  if (typeof token !== "string" || !TOKEN.test(token)) {
    return "the answer of the token server has no usable access_token";
  }
  const seconds = Number(answer?.get("expires_in"));
  const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : OAUTH_DEFAULT_LIFE_MS;
  return { token, lifeMs };
}

function parseObject(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
