// A hostile filter is answered at once: bounds on length, depth, nodes and on the cost for each connection.
import assert from "node:assert/strict";
import { FilterFault } from "../../src/filter/fault.ts";
import { parse } from "../../src/filter/parser.ts";
import { parseFilter } from "../../src/filter/filter.ts";
import { MAX_FILTER_DEPTH, MAX_FILTER_LENGTH, MAX_FILTER_NODES } from "../../src/limits.ts";
import { fault, selected } from "./people.ts";

const TOO_DEEP = "Recursion depth exceeded allowed limit.";

Deno.test("parentheses, calls and not may be 100 levels deep, no more", () => {
  const wrap = (count: number, before: string, inner: string, after: string): string =>
    before.repeat(count) + inner + after.repeat(count);
  for (
    const [before, inner, after] of [
      ["(", "true", ")"],
      ["not ", "true", ""],
      ["trim(", "'a'", ")"],
    ] as const
  ) {
    parse(wrap(MAX_FILTER_DEPTH, before, inner, after));
    assert.throws(
      () => parse(wrap(MAX_FILTER_DEPTH + 1, before, inner, after)),
      (error) => error instanceof FilterFault && error.message === TOO_DEEP,
    );
  }
  assert.equal(selected(wrap(MAX_FILTER_DEPTH / 2, "not (", "false", ")")), "");
  assert.equal(fault(wrap(MAX_FILTER_DEPTH, "not (", "false", ")"))[1], TOO_DEEP);
});

Deno.test("nothing overflows the stack", () => {
  for (
    const part of ["(", "not ", "-", "trim(", "1 in (", "a/", "'a' in ('b' in (", "1 eq ", "f(("]
  ) {
    const source = part.repeat(Math.floor(MAX_FILTER_LENGTH / part.length));
    assert.equal(parseFilter(source).ok, false);
    assert.equal(parseFilter(source.repeat(100)).ok, false);
  }
});

Deno.test("a filter may have 8192 characters, no more, and a longer one is not given back whole", () => {
  assert.equal(selected("true".padEnd(MAX_FILTER_LENGTH)), "PQZ");
  const [expression, detail] = fault("true".padEnd(MAX_FILTER_LENGTH + 1));
  assert.equal(detail, "The filter has 8193 characters, allowed are 8192.");
  assert.ok(expression.length < 200);
});

Deno.test("a filter may have 500 nodes, no more", () => {
  const chain = (terms: number): string => Array(terms).fill("true").join(" or ");
  assert.equal(selected(chain(250)), "PQZ", "250 terms and 249 operators");
  assert.equal(selected(`not ${chain(250)}`), "PQZ", "500 nodes");
  assert.equal(
    fault(`not not ${chain(250)}`)[1],
    `The filter has more than ${MAX_FILTER_NODES} nodes.`,
  );
  assert.match(fault(`length(${Array(1000).fill("1").join(",")})`)[1], /more than 500 nodes/);
});

Deno.test("literals of a list are no nodes: the length alone bounds them", () => {
  const ids = Array.from({ length: 900 }, (_, id) => `'u${id}'`).join(",");
  assert.equal(selected(`userId in (${ids})`), "");
  assert.equal(selected(`userId in (${ids}, 'LEE')`), "Q");
  assert.match(fault(`1 in (${Array(501).fill("userId").join(",")})`)[1], /more than 500 nodes/);
});

Deno.test("a filter that would cost too much for each connection is refused", () => {
  const dear = Array.from({ length: 60 }, (_, i) => `tolower(concat(userId,'${i}')) eq ''`);
  const [expression, detail] = fault(dear.join(" or "));
  assert.equal(expression, dear.join(" or "));
  assert.match(detail, /^The filter may take \d+ ns for each connection, allowed are 5000 ns\.$/);
  assert.match(fault(`tolower(concat(userId, '${"x".repeat(8000)}')) eq 'x'`)[1], /may take/);
});

Deno.test("500 nodes of comparisons and memberships are never too dear", () => {
  const filled = (part: (index: number) => string): string =>
    Array.from({ length: 125 }, (_, index) => part(index)).join(" or ");
  assert.equal(selected(filled((index) => `userId eq 'user-${index}'`)), "");
  assert.equal(selected(filled((index) => `'group-${index}' in groups`)), "");
});

Deno.test("the same subexpression costs once, constants nothing", () => {
  const repeated = Array.from({ length: 80 }, (_, i) => `tolower(userId) eq 'user-${i}'`);
  assert.equal(selected(repeated.join(" or ")), "");
  const constant = Array.from({ length: 60 }, (_, i) => `toupper(concat('a','${i}')) eq userId`);
  assert.equal(selected(constant.join(" or ")), "");
  assert.equal(selected(`toupper('${"ß".repeat(8000)}') eq userId`), "");
});
