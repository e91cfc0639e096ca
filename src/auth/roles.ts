/**
 * Role strings of tokens and `connect` answers, compiled into rules for each permission.
 *
 * Rules: the service's client specification for the strings, the official emulator for the limits.
 */
import {
  CACHE_ENTRY_BYTES,
  MAX_CACHED_ROLE_BYTES,
  MAX_CACHED_ROLE_SETS,
  MAX_CACHED_ROLES_LENGTH,
  MAX_LITERAL_RULES,
  MAX_PATTERN_LENGTH,
  MAX_PATTERNS,
} from "../limits.ts";
import { isGroupName } from "../names.ts";
import { BoundedCache } from "../bounded_cache.ts";
import { parsePattern, type RolePattern } from "./role_pattern.ts";

/** What a client may be allowed to do with a group. The two are independent of each other. */
export type PermissionKind = "joinLeaveGroup" | "sendToGroup";

/** Who may do what, for one permission. Immutable, so that connections with the same roles share it. */
export interface GroupRules {
  /** Every group, without a look at its name. */
  readonly all: boolean;
  allows(group: string): boolean;
}

/** The rules that roles alone give. */
export class RoleRules implements GroupRules {
  readonly all: boolean;
  readonly patterns: readonly RolePattern[];
  /** Single groups that neither `all` nor a pattern allows already. */
  readonly literals: ReadonlySet<string>;

  /** @internal Use {@link compileRoles}. */
  constructor(
    all: boolean,
    patterns: readonly RolePattern[],
    literals: ReadonlySet<string>,
  ) {
    this.all = all;
    this.patterns = patterns;
    this.literals = literals;
  }

  /** Tells whether the roles allow `group`. */
  allows(group: string): boolean {
    if (this.all || this.literals.has(group)) return true;
    for (const pattern of this.patterns) if (pattern.matches(group)) return true;
    return false;
  }
}

/** The rules of one list of roles. */
export interface RoleSet {
  readonly joinLeaveGroup: RoleRules;
  readonly sendToGroup: RoleRules;
}

const NOTHING = new RoleRules(false, [], new Set());
const EVERYTHING = new RoleRules(true, [], new Set());
const NO_ROLES: RoleSet = { joinLeaveGroup: NOTHING, sendToGroup: NOTHING };

/** What a kept list takes at most, in bytes: its key and its rules, and for each unit of a pattern a row of bits. */
function bytesOf(key: string, { joinLeaveGroup, sendToGroup }: RoleSet): number {
  const hasPatterns = joinLeaveGroup.patterns.length + sendToGroup.patterns.length > 0;
  const rows = hasPatterns ? key.length * Math.min(key.length, MAX_PATTERN_LENGTH) / 8 : 0;
  return CACHE_ENTRY_BYTES + 16 * key.length + rows;
}

// One for the process: it remembers a pure function.
const compiled = new BoundedCache<string, RoleSet>(MAX_CACHED_ROLE_SETS, {
  bytes: MAX_CACHED_ROLE_BYTES,
  bytesOf,
});

/**
 * Compiles roles. Unknown, malformed and surplus ones are left out, the others count. The same roles give the same
 * object as long as it is remembered.
 *
 * ```ts
 * import { compileRoles } from "./roles.ts";
 * import assert from "node:assert/strict";
 * const { sendToGroup, joinLeaveGroup } = compileRoles([
 *   "webpubsub.sendToGroup.a.b",
 *   "webpubsub.joinLeaveGroups.room.*",
 * ]);
 * assert.equal(sendToGroup.allows("a.b"), true);
 * assert.equal(joinLeaveGroup.allows("room.1"), true);
 * assert.equal(sendToGroup.allows("room.1"), false);
 * ```
 */
export function compileRoles(roles: readonly string[]): RoleSet {
  if (roles.length === 0) return NO_ROLES;
  // A JSON text never merges two lists that differ.
  const key = JSON.stringify(roles);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const set: RoleSet = {
    joinLeaveGroup: rulesOf(roles, "webpubsub.joinLeaveGroup"),
    sendToGroup: rulesOf(roles, "webpubsub.sendToGroup"),
  };
  if (key.length <= MAX_CACHED_ROLES_LENGTH) compiled.set(key, set);
  return set;
}

function rulesOf(roles: readonly string[], base: string): RoleRules {
  const single = `${base}.`;
  const several = `${base}s.`;
  const names: string[] = [];
  const texts: string[] = [];
  for (const role of roles) {
    if (role === base) return EVERYTHING;
    if (role.startsWith(single)) names.push(role.slice(single.length));
    else if (role.startsWith(several)) texts.push(role.slice(several.length));
  }
  const patterns: RolePattern[] = [];
  // Ascending by code unit, so that which patterns are surplus does not hang on their order in the token.
  for (const text of texts.sort()) {
    const parsed = parsePattern(text);
    if (parsed === undefined) continue;
    if (parsed.kind === "all") return EVERYTHING;
    if (parsed.kind === "literal") names.push(parsed.group);
    else if (patterns.length < MAX_PATTERNS) patterns.push(parsed.pattern);
  }
  const literals = new Set<string>();
  for (const name of names) {
    if (literals.size >= MAX_LITERAL_RULES) break;
    // A name that a pattern allows needs no rule of its own; with one, a revoke would take away only the rule.
    if (isGroupName(name) && !patterns.some((pattern) => pattern.matches(name))) literals.add(name);
  }
  return literals.size === 0 && patterns.length === 0
    ? NOTHING
    : new RoleRules(false, patterns, literals);
}
