// The worked examples of the service's filter reference.
import assert from "node:assert/strict";
import { parseFilter } from "../../src/filter/filter.ts";
import { PEOPLE, selected, subjectOf } from "./people.ts";

const EXAMPLES: readonly (readonly [filter: string, selects: string, why: string])[] = [
  ["userId eq 'kim-07-eu'", "P", "strings are compared"],
  ["userId eq 'Kim-07-EU'", "", "letter case counts"],
  ["USERID ne 'LEE'", "PZ", "the case of identifiers is free, null is unequal"],
  ["userId in ('LEE', 'Poe, Edgar')", "Q", "a comma in quotes does not separate"],
  ["'ops' in groups or userId eq null", "PZ", "an anonymous connection has no user"],
  ["not ('north' in groups)", "Z", "membership can be negated"],
  ["'north' in groups and not ('ops' in groups)", "Q", "memberships combine"],
  [
    "userId eq 'LEE' or userId eq 'kim-07-eu' and 'x' in groups",
    "Q",
    "and binds tighter than or",
  ],
  [
    "(userId eq 'LEE' or userId eq 'kim-07-eu') and 'ops' in groups",
    "P",
    "parentheses go first",
  ],
  ["substring(userId,4,2) eq '07'", "P", "LEE is too short: null"],
  ["substring(userId,1,9) ne 'x'", "PQZ", "too long for all: null, which is unequal"],
  ["length(userId) le 3", "Q", "null compares false"],
  ["indexof(userId,'zz') lt 0", "PQZ", "-1 for null too"],
  ["indexof(userId,'-07-') ge 0 and endswith(toupper(userId),'EU')", "P", "functions nest"],
  ["concat(userId,'!') eq '!'", "Z", "a null side is dropped"],
  ["trim(' LEE ') eq userId", "Q", "either side may be the literal"],
  ["protocol ne 'json.reliable.webpubsub.azure.v1'", "PZ", "raw clients have no protocol"],
  ["length(groups) eq 0", "Z", "groups can be counted"],
  ["true", "PQZ", "a constant is a filter"],
  ["false", "", "a constant is a filter"],
];

for (const [filter, selects, why] of EXAMPLES) {
  Deno.test(`filter ${filter} selects ${selects === "" ? "nobody" : selects}: ${why}`, () => {
    assert.equal(selected(filter), selects);
  });
}

Deno.test("one compiled filter serves all connections in any order, again and again", () => {
  const result = parseFilter("userId eq 'LEE' or startswith(connectionId, 'conn-P')");
  assert.ok(result.ok);
  const { P, Q, Z } = PEOPLE;
  assert.ok(P && Q && Z);
  const order = [P, Q, Z, Z, Q, P, Q];
  const answers = order.map((person) => result.filter.matches(subjectOf(person)));
  assert.deepEqual(answers, [true, true, false, false, true, true, true]);
});
