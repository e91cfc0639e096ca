/**
 * The claims of a token, typed and checked. Whose signature it carries is judged elsewhere.
 */
import { TOKEN_CLOCK_SKEW_SECONDS } from "../limits.ts";
import { type JsonObject, own } from "./compact.ts";

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
  // fromEntries defines members, so that a claim called "__proto__" is one like any other.
  const all: Record<string, readonly string[]> = Object.fromEntries(claimLists(payload));
  const subjects = list(all, "sub");
  if (subjects.length > 1) return undefined;
  const [subject] = subjects;
  return {
    expiresAt,
    notBefore,
    audience,
    userId: subject === "" ? undefined : subject,
    roles: list(all, "role"),
    groups: list(all, "webpubsub.group"),
    all,
  };
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

/** A claim that is null, and null in a list, counts as absent. */
function* claimLists(payload: JsonObject): Generator<[string, readonly string[]]> {
  for (const [name, value] of Object.entries(payload)) {
    if (Array.isArray(value)) yield [name, value.filter((one) => one !== null).map(text)];
    else if (value !== null) yield [name, [text(value)]];
  }
}

/** Strings as they are, anything else as its JSON text. */
function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
