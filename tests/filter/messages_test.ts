// What the service says of invalid filters, to the letter where it is known.
import assert from "node:assert/strict";
import { parseFilter } from "../../src/filter/filter.ts";
import { fault, refusal } from "./people.ts";

const FAULTS: readonly (readonly [filter: string, expression: string, detail: string])[] = [
  // Wrong types.
  ["userId lt 1", "userId lt 1", "Type 'string', expect 'int'."],
  ["( not 'a' )", "not 'a'", "Type 'string', expect 'bool'."],
  ["not length(userId) gt 5", "not length(userId)", "Type 'null', expect 'bool'."],
  ["true or userId", "True or userId", "Type 'string', expect 'bool'."],
  ["userId", "userId", "Type 'string', expect 'bool'."],
  ["1", "1", "Type 'int', expect 'bool'."],
  ["null", "null", "Type 'null', expect 'bool'."],
  ["groups", "groups", "Type 'collection', expect 'bool'."],
  ["userId lt 'm'", "userId lt 'm'", "Type 'string', expect 'int'."],
  ["1 gt true", "1 gt True", "Type 'bool', expect 'int'."],
  ["groups gt 1", "groups gt 1", "Type 'collection', expect 'int'."],
  ["1 and true", "1 and True", "Type 'int', expect 'bool'."],
  ["'g' in userId", "'g' in userId", "Type 'string', expect 'collection'."],
  ["'g' in 'g'", "'g' in 'g'", "Type 'string', expect 'collection'."],
  ["1 in 1", "1 in 1", "Type 'int', expect 'collection'."],
  ["tolower(1) eq 'x'", "tolower(1)", "Type 'int', expect 'string'."],
  ["trim(groups) eq 'x'", "trim(groups)", "Type 'collection', expect 'string'."],
  ["contains('a', true)", "contains('a',True)", "Type 'bool', expect 'string'."],
  ["concat(1,2) eq 'x'", "concat(1,2)", "Type 'int', expect 'string'."],
  ["concat(userId,2) eq 'x'", "concat(userId,2)", "Type 'int', expect 'string'."],
  ["substring('a','b') eq 'x'", "substring('a','b')", "Type 'string', expect 'int'."],
  ["substring('a',null) eq 'x'", "substring('a',null)", "Type 'null', expect 'int'."],
  ["substring(userId,0,false) eq ''", "substring(userId,0,False)", "Type 'bool', expect 'int'."],
  // What is not known.
  ["ab eq 1", "ab eq 1", "Token 'ab' is not supported."],
  ["invalid(ab,c)", "invalid(ab,c)", "Token 'invalid(ab,c)' is not supported."],
  ["'g' in userId2", "'g' in userId2", "Token 'userId2' is not supported."],
  ["userId in ('a', ab)", "userId in ('a', ab)", "Token 'ab' is not supported."],
  ["not ab", "not ab", "Token 'ab' is not supported."],
  ["length(ab) gt 1", "length(ab)", "Token 'ab' is not supported."],
  ["ab", "ab", "Token 'ab' is not supported."],
  ["ToLower(userId) eq 'a'", "ToLower(userId)", "Token 'ToLower(userId)' is not supported."],
  ["length(userId) add 1 gt 5", "length(userId) add 1", "Token 'add' is not supported."],
  ["userId has 'x'", "userId has 'x'", "Token 'has' is not supported."],
  ["-length(userId) lt 0", "-length(userId)", "Token '-' is not supported."],
  ["userId eq 3000000000", "userId eq 3000000000", "Token '3000000000' is not supported."],
  // Wrong numbers of arguments.
  ["trim(userId,'x')", "trim(userId,'x')", "Invalid token 'trim(userId,'x')'."],
  ["length() eq 1", "length()", "Invalid token 'length()'."],
  ["substring('a') eq 'a'", "substring('a')", "Invalid token 'substring('a')'."],
  ["length(true) eq 1", "length(True)", "Invalid token 'length(True)'."],
  ["length(length('a')) eq 1", "length(length('a'))", "Invalid token 'length(length('a'))'."],
  // Grammar.
  ["invalid filter", "invalid filter", "Syntax error at position 14 in 'invalid filter'."],
  ["true  )", "true  )", "Syntax error at position 7 in 'true  )'."],
  ["userId eq'x'", "userId eq'x'", "Syntax error at position 12 in 'userId eq'x''."],
  [
    "userId eq 'open",
    "userId eq 'open",
    "There is an unterminated string literal at position 15 in 'userId eq 'open'.",
  ],
  ["userId eq", "userId eq", "Expression expected at position 9 in 'userId eq'."],
  ["", "", "Expression expected at position 0 in ''."],
  [" ", " ", "Expression expected at position 1 in ' '."],
  [
    "(userId eq null",
    "(userId eq null",
    "')' or operator expected at position 15 in '(userId eq null'.",
  ],
  [
    "length(userId eq 1",
    "length(userId eq 1",
    "')' or ',' expected at position 18 in 'length(userId eq 1'.",
  ],
  ["trim(userId,)", "trim(userId,)", "Expression expected at position 12 in 'trim(userId,)'."],
  [
    'userId eq "x"',
    'userId eq "x"',
    "Syntax error: character '\"' is not valid at position 10 in 'userId eq \"x\"'.",
  ],
  ["a b c", "a b c", "Syntax error at position 3 in 'a b c'."],
  [
    "  invalid   filter  ",
    "  invalid   filter  ",
    "Syntax error at position 18 in '  invalid   filter  '.",
  ],
  [
    "userId eq 'a' userId",
    "userId eq 'a' userId",
    "Syntax error at position 20 in 'userId eq 'a' userId'.",
  ],
  ["userId like 'a'", "userId like 'a'", "Syntax error at position 11 in 'userId like 'a''."],
  ["userId = 'a'", "userId = 'a'", "Syntax error at position 8 in 'userId = 'a''."],
  ["userId == 'a'", "userId == 'a'", "Syntax error at position 8 in 'userId == 'a''."],
  ["eq 1", "eq 1", "Syntax error at position 4 in 'eq 1'."],
  ["true and and true", "true and and true", "Syntax error at position 17 in 'true and and true'."],
  ["a,b", "a,b", "Syntax error at position 2 in 'a,b'."],
  ["true)", "true)", "Syntax error at position 5 in 'true)'."],
  ["true 10abc", "true 10abc", "Syntax error at position 7 in 'true 10abc'."],
  ["10abc eq 1", "10abc eq 1", "Syntax error at position 5 in '10abc eq 1'."],
  ["äö x", "äö x", "Syntax error at position 4 in 'äö x'."],
  ["'😀' x", "'😀' x", "Syntax error at position 6 in ''😀' x'."],
  ["not", "not", "Expression expected at position 3 in 'not'."],
  ["()", "()", "Expression expected at position 1 in '()'."],
  [")", ")", "Expression expected at position 0 in ')'."],
  ["length(,)", "length(,)", "Expression expected at position 7 in 'length(,)'."],
  ["a/", "a/", "Expression expected at position 2 in 'a/'."],
  ["(true true)", "(true true)", "')' or operator expected at position 6 in '(true true)'."],
  [
    "length(userId userId)",
    "length(userId userId)",
    "')' or ',' expected at position 14 in 'length(userId userId)'.",
  ],
  ["1.", "1.", "A digit was expected at position 2 in '1.'."],
  ["1.x eq 1", "1.x eq 1", "A digit was expected at position 2 in '1.x eq 1'."],
  ["1e+ eq 1", "1e+ eq 1", "A digit was expected at position 3 in '1e+ eq 1'."],
  ["userId in ['a", "userId in ['a", "Found an unbalanced bracket expression."],
  ["['a]'] eq 1 x", "['a]'] eq 1 x", "Syntax error at position 13 in '['a]'] eq 1 x'."],
  ["[1, [2]", "[1, [2]", "Found an unbalanced bracket expression."],
  ["[1,2]", "'[1,2]'", "Type 'string', expect 'bool'."],
  [
    "userId eq ]",
    "userId eq ]",
    "Syntax error: character ']' is not valid at position 10 in 'userId eq ]'.",
  ],
  [
    "true || false",
    "true || false",
    "Syntax error: character '|' is not valid at position 5 in 'true || false'.",
  ],
  [
    "userId eq 'a';",
    "userId eq 'a';",
    "Syntax error: character ';' is not valid at position 13 in 'userId eq 'a';'.",
  ],
  // What cannot be read comes before what does not belong where it stands.
  ["eq ) #", "eq ) #", "Syntax error at position 4 in 'eq ) #'."],
  [
    "true and ) #",
    "true and ) #",
    "Syntax error: character '#' is not valid at position 11 in 'true and ) #'.",
  ],
  ["groups/any(g: true)", "groups/any(g: true)", "Token 'groups/any' is not supported."],
];

for (const [filter, expression, detail] of FAULTS) {
  Deno.test(`filter ${JSON.stringify(filter)} is refused: ${detail}`, () => {
    assert.equal(
      refusal(filter),
      `Invalid syntax for '${expression}': ${detail} (Parameter 'filter')`,
    );
  });
}

Deno.test("a failed expression is printed anew: operations in parentheses, no doubled quotes, no spare spaces", () => {
  const [expression] = fault(
    "not ( 1  eq +2 ) eq (true and (1 in (1,  2))) or trim( 'O''Brien' )",
  );
  assert.equal(
    expression,
    "((not (1 eq 2)) eq (True and (1 in (1,  2)))) or trim('O'Brien')",
  );
});

Deno.test("the innermost failing expression is the one that is named", () => {
  assert.equal(fault("true and (false or not (length(trim(1)) gt 2))")[0], "trim(1)");
  assert.equal(fault("true and (false or not (length('a') gt 'b'))")[0], "length('a') gt 'b'");
});

Deno.test("both sides of and and or are judged, and every item of a list", () => {
  assert.equal(fault("false and 1")[0], "False and 1");
  assert.equal(fault("1 in (1, tolower(2))")[0], "tolower(2)");
});

Deno.test("a refusal tells where in the filter it is, if it is at one place", () => {
  const position = (source: string): number | undefined => {
    const result = parseFilter(source);
    assert.ok(!result.ok);
    return result.position;
  };
  assert.equal(position("invalid filter"), 14);
  assert.equal(position("userId eq"), 9);
  assert.equal(position("userId lt 1"), undefined);
});
