// How filters are cut into words, and which literals there are.
import assert from "node:assert/strict";
import { fault, holds, refusal, selected } from "./people.ts";

Deno.test("a quote inside a string is doubled, and nothing else is special there", () => {
  assert.ok(holds("'O''Brien' eq 'O''Brien'"));
  assert.ok(holds("length('''') eq 1 and length('''''') eq 2 and length('') eq 0"));
  assert.ok(holds(String.raw`length('\n\''') eq 4`));
  assert.ok(holds("length('a,(b) or ''x'' /*') eq 15"));
  assert.ok(holds("contains('żółć 😀 日本', '😀 日')"));
  assert.ok(holds("length('😀') eq 2"));
});

Deno.test("a string that does not end is refused, wherever the last quote stands", () => {
  for (const source of ["'", "'''", "userId eq 'it''", "trim('a", "userId in ('a', 'b)"]) {
    assert.match(fault(source)[1], /^There is an unterminated string literal at position \d+ in /);
  }
});

Deno.test("integers have 32 bits with sign", () => {
  assert.ok(holds("2147483647 gt -2147483648"));
  assert.ok(holds("+5 eq 5 and -5 lt +5 and 007 eq 7 and -0 eq 0"));
  for (const source of ["2147483648", "-2147483649", "99999999999999999999999"]) {
    assert.equal(fault(`1 eq ${source}`)[1], `Token '${source}' is not supported.`);
  }
});

Deno.test("literals of other types are named as not supported", () => {
  for (
    const literal of [
      "1.5",
      "1e3",
      "1.5e-3",
      "10L",
      "1m",
      "2024-05-06",
      "2024-05-06T07:08:09Z",
      "12:30:00",
      "0123abcd-0000-1111-2222-333344445555",
      "abcd0123-0000-1111-2222-333344445555",
      "duration'PT1S'",
      "binary'AAAA'",
      "Some.Color'Red'",
    ]
  ) assert.equal(fault(`userId eq ${literal}`)[1], `Token '${literal}' is not supported.`);
  assert.match(fault("userId eq duration'PT")[1], /^There is an unterminated literal/);
});

Deno.test("the letter case of identifiers is free, all other words are lower case", () => {
  assert.equal(selected("USERID eq 'LEE' and Connectionid ne PROTOCOL and 'north' in gRouPs"), "Q");
  for (const word of ["TRUE", "True", "NULL", "False"]) {
    assert.equal(fault(`userId eq ${word}`)[1], `Token '${word}' is not supported.`);
  }
  for (const source of ["true AND true", "1 EQ 1", "'a' In groups"]) {
    assert.match(fault(source)[1], /^Syntax error at position/);
  }
  assert.match(refusal("NOT true"), /Syntax error at position 8/);
  assert.match(refusal("Length(userId) eq 1"), /Token 'Length\(userId\)' is not supported/);
});

Deno.test("keywords are no identifiers", () => {
  for (const source of ["true eq", "null(1)", "true(1)", "eq eq eq", "not", "in in in", "and"]) {
    assert.ok(refusal(source));
  }
});

Deno.test("what OData has beyond filters is refused by name", () => {
  assert.equal(fault("$it eq 'a'")[1], "Token '$it' is not supported.");
  assert.equal(fault("userId eq @p")[1], "Token '@p' is not supported.");
  assert.equal(fault("a/b eq 1")[1], "Token 'a/b' is not supported.");
  assert.equal(fault("userId/length eq 1")[1], "Token 'userId/length' is not supported.");
  assert.equal(fault("My.Function(userId)")[1], "Token 'My.Function(userId)' is not supported.");
  assert.equal(fault("größe eq 1")[1], "Token 'größe' is not supported.");
  for (const operator of ["add", "sub", "mul", "div", "mod", "has"]) {
    assert.equal(fault(`1 ${operator} 1 eq 2`)[1], `Token '${operator}' is not supported.`);
  }
});

Deno.test("characters that begin nothing are named with their place", () => {
  for (const character of ['"', "\\", "!", "&", "|", "<", "%", "#", "@", "+", "\u0000", "😀"]) {
    assert.equal(
      fault(`true ${character}`)[1],
      `Syntax error: character '${character}' is not valid at position 5 in 'true ${character}'.`,
    );
  }
});

Deno.test("spaces between words are free, also none where words cannot run together", () => {
  assert.equal(selected("not('ops' in groups)"), "QZ");
  assert.equal(selected("not('ops'in groups)"), "QZ");
  assert.equal(selected("(userId eq null)or(userId eq 'LEE')"), "QZ");
  assert.equal(selected("\t length ( userId )\r\n eq\u00a03\u3000"), "Q");
  assert.equal(selected("substring( userId , 0 , 1 )eq 'L'"), "Q");
  assert.ok(refusal("userId eqnull"));
  assert.ok(refusal("trueand true"));
});

Deno.test("empty items of a list count for nothing", () => {
  assert.equal(selected("userId in ('LEE',,null,)"), "QZ");
  assert.equal(selected("userId in (,'LEE')"), "Q");
  assert.equal(selected("userId in ()"), "");
  assert.equal(selected("userId in (,)"), "");
  assert.match(refusal("userId in ('a' 'b')"), /'\)' or ',' expected at position 15/);
  assert.match(refusal("userId in ('a'"), /'\)' or ',' expected at position 14/);
  assert.match(refusal("userId in ("), /Expression expected at position 11/);
});
