import assert from "node:assert/strict";
import fc from "fast-check";
import { Permissions } from "../../src/auth/permissions.ts";
import { compileRoles, type PermissionKind } from "../../src/auth/roles.ts";

const SEND = "webpubsub.sendToGroup";

function permissions(...roles: readonly string[]): Permissions {
  return new Permissions(compileRoles(roles));
}

Deno.test("a grant is literal and case-sensitive", () => {
  const live = permissions();
  assert.equal(live.grant("sendToGroup", "room.*"), "ok");
  assert.equal(live.allows("sendToGroup", "room.*"), true);
  assert.equal(live.allows("sendToGroup", "room.1"), false);
  assert.equal(live.allows("sendToGroup", "Room.*"), false);
  assert.equal(live.allows("joinLeaveGroup", "room.*"), false);
});

for (const role of [SEND, `${SEND}s.**`, `${SEND}s.g*`, `${SEND}.g1`]) {
  Deno.test(`revoking one group takes that group only from a client with ${role}`, () => {
    const live = permissions(role);
    assert.equal(live.revoke("sendToGroup", "g1"), "ok");
    assert.equal(live.allows("sendToGroup", "g1"), false);
    assert.equal(live.allows("sendToGroup", "g2"), role !== `${SEND}.g1`);
    assert.equal(live.revoke("sendToGroup", "g1"), "ok");
    assert.equal(live.grant("sendToGroup", "g1"), "ok");
    assert.equal(live.allows("sendToGroup", "g1"), true);
  });
}

Deno.test("revoking works too where a bare role and an exact role say the same", () => {
  const live = permissions(SEND, `${SEND}.g1`);
  live.revoke("sendToGroup", "g1");
  assert.equal(live.allows("sendToGroup", "g1"), false);
});

Deno.test("a grant concerns one connection, though others share its roles", () => {
  const one = permissions(`${SEND}.a`);
  const other = permissions(`${SEND}.a`);
  one.grant("sendToGroup", "b");
  one.revoke("sendToGroup", "a");
  assert.equal(other.allows("sendToGroup", "a"), true);
  assert.equal(other.allows("sendToGroup", "b"), false);
});

Deno.test("the grant of rule 1001 is a conflict and changes nothing", () => {
  const live = permissions();
  for (let i = 0; i < 1000; i++) assert.equal(live.grant("sendToGroup", `g${i}`), "ok");
  assert.equal(live.grant("sendToGroup", "more"), "conflict");
  assert.equal(live.allows("sendToGroup", "more"), false);
  assert.equal(live.grant("sendToGroup", "g5"), "ok");
  assert.equal(live.revoke("sendToGroup", "never"), "ok");
  assert.equal(live.grant("joinLeaveGroup", "more"), "ok");
  assert.equal(live.revoke("sendToGroup", "g5"), "ok");
  assert.equal(live.grant("sendToGroup", "more"), "ok");
});

Deno.test("the denial of rule 1001 is a conflict too", () => {
  const live = permissions(SEND);
  for (let i = 0; i < 1000; i++) assert.equal(live.revoke("sendToGroup", `g${i}`), "ok");
  assert.equal(live.revoke("sendToGroup", "more"), "conflict");
  assert.equal(live.allows("sendToGroup", "more"), true);
});

Deno.test("exact roles and grants count together", () => {
  const live = permissions(...Array.from({ length: 1000 }, (_, i) => `${SEND}.g${i}`));
  assert.equal(live.grant("sendToGroup", "x"), "conflict");
  assert.equal(live.revoke("sendToGroup", "g0"), "ok");
  assert.equal(live.grant("sendToGroup", "x"), "ok");
  assert.equal(live.grant("sendToGroup", "g0"), "conflict");
  assert.equal(live.allows("sendToGroup", "g0"), false);
});

/** The service's rules word by word: a base and a map of allowed and denied names. */
class Model {
  readonly literals = new Map<string, boolean>();
  constructor(readonly base: (group: string) => boolean, roles: readonly string[]) {
    for (const name of roles) if (!base(name)) this.literals.set(name, true);
  }
  allows(group: string): boolean {
    return this.literals.get(group) ?? this.base(group);
  }
  set(group: string, allowed: boolean): void {
    if (this.allows(group) === allowed) return;
    if (this.literals.has(group)) this.literals.delete(group);
    else this.literals.set(group, allowed);
  }
}

Deno.test("any sequence of grants and revocations gives what the service's rules give", () => {
  const bases = [
    { roles: [], base: () => false },
    { roles: [SEND], base: () => true },
    { roles: [`${SEND}s.a*`], base: (group: string) => /^a[^.]*$/.test(group) },
  ];
  const group = fc.constantFrom("a1", "a2", "b1", "b2", "a.1");
  fc.assert(
    fc.property(
      fc.constantFrom(...bases),
      fc.uniqueArray(group),
      fc.array(fc.tuple(fc.boolean(), group), { maxLength: 30 }),
      ({ roles, base }, names, steps) => {
        const model = new Model(base, names);
        const live = permissions(...roles, ...names.map((name) => `${SEND}.${name}`));
        for (const [grant, name] of steps) {
          model.set(name, grant);
          assert.equal(
            grant ? live.grant("sendToGroup", name) : live.revoke("sendToGroup", name),
            "ok",
          );
          for (const each of ["a1", "a2", "b1", "b2", "a.1"]) {
            assert.equal(live.allows("sendToGroup", each), model.allows(each), each);
          }
        }
      },
    ),
    { seed: 20261124, numRuns: 500 },
  );
});

Deno.test("both kinds are kept apart", () => {
  const kinds: readonly PermissionKind[] = ["joinLeaveGroup", "sendToGroup"];
  for (const kind of kinds) {
    const live = permissions("webpubsub.joinLeaveGroup.g", `${SEND}.g`);
    live.revoke(kind, "g");
    for (const each of kinds) assert.equal(live.allows(each, "g"), each !== kind);
  }
});
