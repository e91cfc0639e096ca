import assert from "node:assert/strict";
import { compileEventPattern, eventPatternFlaw } from "../../src/events/event_pattern.ts";

function takes(pattern: string | undefined, event: string): boolean {
  const compiled = compileEventPattern(pattern);
  assert(compiled.ok);
  return compiled.pattern.matches(event);
}

Deno.test("no pattern takes no user event", () => {
  assert.equal(takes(undefined, "message"), false);
  assert.equal(takes("", "message"), false);
});

Deno.test("a star alone takes every user event, also within a list", () => {
  assert.equal(takes("*", "calc"), true);
  assert.equal(takes("a, *", "calc"), true);
});

Deno.test("entries are literal names, trimmed and compared without case", () => {
  assert.equal(takes("a,b", "b"), true);
  assert.equal(takes("a, B", "b"), true);
  assert.equal(takes("a.b", "axb"), false);
  assert.equal(takes("calc", "CALC"), true);
});

Deno.test("wildcards inside of a name are refused, and the refusal says what to use", () => {
  for (const pattern of ["room.*", "a?", "\\*", "a,b*"]) {
    const compiled = compileEventPattern(pattern);
    assert(!compiled.ok);
    assert.match(compiled.flaw.problem, /wildcard/);
    assert.match(compiled.flaw.fix, /"\*" for every event/);
  }
});

Deno.test("a name that no event can have is refused, and the refusal names it", () => {
  for (const name of ["1abc", "a b", "_x", "é", "x".repeat(129)]) {
    const flaw = eventPatternFlaw(`chat, ${name}`);
    assert.equal(flaw?.part, name);
    assert.equal(flaw.problem, "cannot name an event");
  }
});
