/**
 * What one live connection may do: the rules of its roles, and the grants and revocations since.
 *
 * Rules: the service's REST API and the official emulator.
 */
import { MAX_LITERAL_RULES } from "../limits.ts";
import type { GroupRules, PermissionKind, RoleRules, RoleSet } from "./roles.ts";

export type { PermissionKind } from "./roles.ts";

/** Outcome of a grant or a revocation; "conflict": it would need one literal rule too many, and nothing changed. */
export type PermissionChange = "ok" | "conflict";

/**
 * The permissions of one connection. Until the first exception it holds nothing but two references to rules that it
 * shares with every connection of the same roles.
 *
 * ```ts
 * import { Permissions } from "./permissions.ts";
 * import { compileRoles } from "./roles.ts";
 * import assert from "node:assert/strict";
 * const permissions = new Permissions(compileRoles(["webpubsub.sendToGroup"]));
 * assert.equal(permissions.revoke("sendToGroup", "news"), "ok");
 * assert.equal(permissions.allows("sendToGroup", "news"), false);
 * assert.equal(permissions.allows("sendToGroup", "chat"), true);
 * ```
 */
export class Permissions {
  #joinLeaveGroup: RoleRules | LiveRules;
  #sendToGroup: RoleRules | LiveRules;

  constructor(roles: RoleSet) {
    this.#joinLeaveGroup = roles.joinLeaveGroup;
    this.#sendToGroup = roles.sendToGroup;
  }

  /** Tells whether the connection may. Called for every publish. */
  allows(kind: PermissionKind, group: string): boolean {
    const rules: GroupRules = kind === "sendToGroup" ? this.#sendToGroup : this.#joinLeaveGroup;
    return rules.all || rules.allows(group);
  }

  /** Lets the connection, from now on. `group` is literal; a repetition does nothing. */
  grant(kind: PermissionKind, group: string): PermissionChange {
    return this.#set(kind, group, true);
  }

  /** Forbids it, from now on. `group` is literal; a repetition does nothing. Ends no membership. */
  revoke(kind: PermissionKind, group: string): PermissionChange {
    return this.#set(kind, group, false);
  }

  #set(kind: PermissionKind, group: string, allowed: boolean): PermissionChange {
    if (this.allows(kind, group) === allowed) return "ok";
    const rules = kind === "sendToGroup" ? this.#sendToGroup : this.#joinLeaveGroup;
    const live = rules instanceof LiveRules ? rules : new LiveRules(rules);
    if (!live.flip(group)) return "conflict";
    const next = live.isPlain ? live.roles : live;
    if (kind === "sendToGroup") this.#sendToGroup = next;
    else this.#joinLeaveGroup = next;
    return "ok";
  }
}

/**
 * The rules of roles with exceptions on top: a name in `#flipped` has the opposite of what the roles say.
 *
 * This is the service's map of literal rules, told by its difference to the one that the roles fill, so that a
 * connection never copies what it shares. A flipped name that is a literal of the roles is one literal less; any other is
 * one more.
 */
class LiveRules implements GroupRules {
  readonly all = false;
  readonly roles: RoleRules;
  readonly #flipped = new Set<string>();
  #literals: number;

  constructor(roles: RoleRules) {
    this.roles = roles;
    this.#literals = roles.literals.size;
  }

  /** Whether there is no exception left. */
  get isPlain(): boolean {
    return this.#flipped.size === 0;
  }

  allows(group: string): boolean {
    return this.roles.allows(group) !== this.#flipped.has(group);
  }

  /** Turns the verdict on `group` over; `false`, and no change, when that takes more literals than there may be. */
  flip(group: string): boolean {
    const isLiteral = this.roles.literals.has(group) !== this.#flipped.has(group);
    if (!isLiteral && this.#literals >= MAX_LITERAL_RULES) return false;
    this.#literals += isLiteral ? -1 : 1;
    if (!this.#flipped.delete(group)) this.#flipped.add(group);
    return true;
  }
}
