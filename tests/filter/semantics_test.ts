// What operators and functions mean, with nulls and with types that only a real connection shows.
import assert from "node:assert/strict";
import { fault, holds, refusal, selected } from "./people.ts";

Deno.test("eq and ne compare type and value and never fail", () => {
  for (
    const source of [
      "null eq null",
      "1 ne '1'",
      "true ne 'true'",
      "0 ne false",
      "'' ne null",
      "'a' ne 'A'",
      "groups eq groups",
      "groups eq GROUPS",
      "groups ne 'north'",
      "groups ne null",
      "(1 eq 1) eq true",
      "1 eq 1 eq true",
      "1 eq 2 ne true",
    ]
  ) assert.ok(holds(source), source);
});

Deno.test("order is for integers, false where a side is null", () => {
  assert.ok(holds("1 lt 2 and 2 gt 1 and 2 ge 2 and 2 le 2 and not (1 gt 1)"));
  assert.ok(holds("not (null lt 1) and not (1 lt null) and not (null le null)"));
  assert.ok(holds("not (null lt userId)"));
  assert.equal(selected("length(userId) gt 0 or length(userId) le 0"), "PQ");
});

Deno.test("in looks among items as eq does", () => {
  assert.ok(holds("1 in (3, 2, 1)"));
  assert.ok(holds("not (1 in ('1', true, null))"));
  assert.ok(holds("null in (null)"));
  assert.ok(holds("groups in (1, groups)"));
  assert.ok(holds("userId in (concat('L', 'EE'))"));
  assert.ok(holds("'LEE' in ('x', userId)"));
  assert.ok(holds("1 in (1) in (true)"));
  assert.ok(holds("(1 eq 1) in (1 eq 2, not false)"));
  assert.ok(holds("not (groups in (1, 2))"));
});

Deno.test("only strings are in groups, others are not, without an error", () => {
  assert.equal(selected("'north' in groups"), "PQ");
  assert.equal(selected("concat('nor', 'th') in groups"), "PQ");
  for (const left of ["null", "true", "1", "groups", "userId", "''"]) {
    assert.equal(selected(`${left} in groups`), "", left);
  }
  assert.equal(selected("'groups' in (groups)"), "", "a list with one collection in it");
});

Deno.test("and, or and not take bools and bind as they should", () => {
  assert.ok(holds("true or false and false"));
  assert.ok(holds("not false and true"));
  assert.ok(holds("not not true"));
  assert.ok(holds("not (false or false) eq true"));
  assert.equal(fault("not 1 eq 2")[0], "not 1", "not binds tighter than eq");
});

Deno.test("string functions do what their names say", () => {
  for (
    const source of [
      "tolower('ABCÄ') eq 'abcä'",
      "toupper('abcßı') eq 'ABCßı'",
      "trim('\t\u0085 a b \u3000') eq 'a b'",
      "trim('\ufeffa') ne 'a'",
      "concat('a', 'b') eq 'ab'",
      "startswith('abc', 'ab') and not startswith('abc', 'bc') and startswith('abc', '')",
      "endswith('abc', 'bc') and not endswith('abc', 'ab') and endswith('abc', '')",
      "contains('abc', 'b') and not contains('abc', 'B') and contains('abc', '')",
      "indexof('abcb', 'b') eq 1 and indexof('abc', 'x') eq -1 and indexof('abc', '') eq 0",
      "length('abc') eq 3 and length(groups) eq 1",
      "not startswith('e\u0301', 'é') and indexof('straße', 'ss') eq -1",
    ]
  ) assert.ok(holds(source), source);
});

Deno.test("substring out of range is null, at the border it is empty", () => {
  assert.ok(holds("substring('abc', 1) eq 'bc' and substring('abc', 1, 1) eq 'b'"));
  assert.ok(holds("substring('abc', 3) eq '' and substring('abc', 3, 0) eq ''"));
  for (const call of ["('abc',4)", "('abc',-1)", "('abc',2,2)", "('abc',0,-1)", "('abc',4,0)"]) {
    assert.ok(holds(`substring${call} eq null`), call);
  }
});

Deno.test("null arguments give null, false, -1 or the other side", () => {
  for (
    const source of [
      "tolower(null) eq null",
      "toupper(null) eq null",
      "trim(null) eq null",
      "length(null) eq null",
      "concat(null, null) eq null",
      "concat(null, 'a') eq 'a'",
      "concat('a', null) eq 'a'",
      "substring(null, 0) eq null",
      "substring(null, 0, 1) eq null",
      "not startswith(null, 'a') and not endswith('a', null) and not contains(null, null)",
      "indexof(null, 'a') eq -1 and indexof('a', null) eq -1",
    ]
  ) assert.ok(holds(source), source);
});

Deno.test("a missing user is null in every function", () => {
  assert.equal(selected("userId eq null"), "Z");
  assert.equal(selected("userId ne 'a'"), "PQZ");
  assert.equal(selected("not startswith(userId, 'x')"), "PQZ");
  assert.equal(selected("not startswith(userId, 'x') and userId ne null"), "PQ");
  assert.equal(selected("length(userId) eq null"), "Z");
  assert.equal(selected("indexof(userId, 'x') eq -1"), "PQZ");
  assert.equal(selected("concat(userId, protocol) eq null"), "Z");
});

Deno.test("a type error that only a real connection shows makes that connection not match", () => {
  assert.equal(selected("tolower(userId) gt 1"), "", "null for Z, strings for P and Q");
  assert.equal(selected("tolower(userId) gt 1 or true"), "Z");
  assert.equal(selected("true or tolower(userId) gt 1"), "Z");
  assert.equal(selected("not (length(trim(length(userId))) gt 1)"), "Z");
  assert.equal(selected("contains(userId, 1) or true"), "Z");
  assert.equal(selected("userId in ('LEE', contains(userId, 1))"), "", "every item counts");
  assert.equal(selected("length(substring(userId, 0, length(substring('a', 5)))) eq 1"), "");
});

Deno.test("a filter is judged by a stand-in without user, whoever is connected", () => {
  assert.ok(refusal("not length(userId)"));
  assert.ok(refusal("substring(connectionId, 1) gt 1"));
  assert.equal(selected("substring(connectionId, 1) eq 'onn-Q'"), "Q", "'' is long enough for it");
});
