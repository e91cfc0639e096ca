/**
 * Which user events a handler takes: `*`, or literal names between commas.
 *
 * Rules: the service's event handler settings; wildcards inside a name are refused as by the official emulator.
 */
import { isEventName } from "../names.ts";
import type { Flaw } from "./flaw.ts";

/** What became of a pattern's text. */
export type PatternResult =
  | { readonly ok: true; readonly pattern: EventPattern }
  | { readonly ok: false; readonly flaw: Flaw };

/** The user events that a handler takes. */
export class EventPattern {
  readonly #all: boolean;
  /** Lower case. */
  readonly #names: ReadonlySet<string>;

  /** Use `compileEventPattern`. */
  constructor(all: boolean, names: ReadonlySet<string>) {
    this.#all = all;
    this.#names = names;
  }

  /** Whether the pattern has `*` or that name, in any case. */
  matches(event: string): boolean {
    return this.#all || (this.#names.size > 0 && this.#names.has(event.toLowerCase()));
  }
}

/**
 * Compiles a `userEventPattern`: entries between commas, each `*` or a literal name. `undefined` takes nothing.
 *
 * ```ts
 * import { compileEventPattern } from "./event_pattern.ts";
 * import assert from "node:assert/strict";
 * const compiled = compileEventPattern("chat, Draw");
 * assert(compiled.ok);
 * assert.equal(compiled.pattern.matches("draw"), true);
 * assert.equal(compiled.pattern.matches("message"), false);
 * assert.equal(compileEventPattern("room.*").ok, false);
 * ```
 */
export function compileEventPattern(text: string | undefined): PatternResult {
  const names = new Set<string>();
  let all = false;
  for (const entry of text?.split(",") ?? []) {
    const name = entry.trim();
    if (name === "") continue;
    if (name === "*") all = true;
    else if (isEventName(name)) names.add(name.toLowerCase());
    else return { ok: false, flaw: entryFlaw(name) };
  }
  return { ok: true, pattern: new EventPattern(all, names) };
}

/** What is wrong with a `userEventPattern`, or `undefined`. */
export function eventPatternFlaw(text: string): Flaw | undefined {
  const compiled = compileEventPattern(text);
  return compiled.ok ? undefined : compiled.flaw;
}

function entryFlaw(name: string): Flaw {
  if (/[*?\\]/.test(name)) {
    return {
      part: name,
      problem: "has a wildcard inside a name",
      fix: 'give "*" for every event, or whole names between commas',
    };
  }
  return {
    part: name,
    problem: "cannot name an event",
    fix: 'use 1 to 128 characters: a letter, then letters, digits, "_", "." or "-"',
  };
}
