/**
 * The claims of a token, typed and checked. Whose signature it carries is judged elsewhere.
 */
import { TOKEN_CLOCK_SKEW_SECONDS } from "../limits.ts";
import { type JsonObject, own } from "./compact.ts";

const NONE: readonly string[] = [];

/** What a token says. */
export interface Claims {
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number;
  /** `nbf`, in seconds since 1970. */
  readonly notBefore: number | undefined;
  /** `aud`, always as a list; may be empty. */
  readonly audience: readonly string[];
  /** `sub`; `undefined` when absent or empty. */
  readonly userId: string | undefined;
  /** `role`: one string or a list. */
  readonly roles: readonly string[];
  /** `webpubsub.group`: one string or a list. Not judged as names. */
  readonly groups: readonly string[];
  /** Every claim under its raw name as a list of strings, as the `connect` event tells it. */
  readonly all: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads the claims of a payload; `undefined` when one has the wrong type: `exp` must be a finite number, `nbf` too if it
 * is there, `aud` a string or a list of strings, `sub` a single value.
 *
 * ```ts
 * import { readClaims } from "./claims.ts";
 * import assert from "node:assert/strict";
 * const claims = readClaims({ exp: 2, aud: "http://h/client/hubs/chat", role: ["a", "b"] });
 * assert.deepEqual(claims?.roles, ["a", "b"]);
 * assert.deepEqual(claims?.all.exp, ["2"]);
 * assert.equal(readClaims({ aud: "http://h/client/hubs/chat" }), undefined);
 * ```
 */
export function readClaims(payload: JsonObject): Claims | undefined {
  const expiresAt = own(payload, "exp");
  const notBefore = own(payload, "nbf");
  const audience = audienceList(own(payload, "aud"));
  if (!isFinite(expiresAt) || audience === undefined) return undefined;
  if (notBefore !== undefined && !isFinite(notBefore)) return undefined;
  const subjects = strings(own(payload, "sub"));
  if (subjects.length > 1) return undefined;
  return new PayloadClaims(payload, expiresAt, notBefore, audience, subjects[0]);
}

/** The claims of one payload; what REST calls do not ask for is read when somebody does. */
class PayloadClaims implements Claims {
  readonly #payload: JsonObject;
  readonly expiresAt: number;
  readonly notBefore: number | undefined;
  readonly audience: readonly string[];
  readonly userId: string | undefined;

  constructor(
    payload: JsonObject,
    expiresAt: number,
    notBefore: number | undefined,
    audience: readonly string[],
    subject: string | undefined,
  ) {
    this.#payload = payload;
    this.expiresAt = expiresAt;
    this.notBefore = notBefore;
    this.audience = audience;
    this.userId = subject === "" ? undefined : subject;
  }

  get roles(): readonly string[] {
    return strings(own(this.#payload, "role"));
  }

  get groups(): readonly string[] {
    return strings(own(this.#payload, "webpubsub.group"));
  }

  get all(): Readonly<Record<string, readonly string[]>> {
    // fromEntries defines members, so that a claim called "__proto__" is one like any other.
    return Object.fromEntries(
      Object.entries(this.#payload)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, strings(value)]),
    );
  }
}

/** Why the time is wrong for a token, with five minutes of forgiven skew; `undefined` when it is right. */
export function lifetimeFlaw(claims: Claims, nowMs: number): "expired" | "notYetValid" | undefined {
  const now = nowMs / 1000;
  if (now > claims.expiresAt + TOKEN_CLOCK_SKEW_SECONDS) return "expired";
  if (claims.notBefore !== undefined && now < claims.notBefore - TOKEN_CLOCK_SKEW_SECONDS) {
    return "notYetValid";
  }
  return undefined;
}

/** The strings of `aud`; `undefined` when it has the wrong type. An absent one is an empty list. */
export function audienceList(aud: unknown): readonly string[] | undefined {
  if (aud === undefined) return [];
  if (typeof aud === "string") return [aud];
  return Array.isArray(aud) && aud.every((one) => typeof one === "string") ? aud : undefined;
}

/** The strings of one claim. */
export function list(
  all: Readonly<Record<string, readonly string[]>>,
  name: string,
): readonly string[] {
  return (Object.hasOwn(all, name) ? all[name] : undefined) ?? [];
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

/** The strings of one claim. One that is null, and null in a list, counts as absent. */
function strings(value: unknown): readonly string[] {
  if (value === undefined || value === null) return NONE;
  return Array.isArray(value) ? value.filter((one) => one !== null).map(text) : [text(value)];
}

/** Strings as they are, anything else as its JSON text. */
function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
