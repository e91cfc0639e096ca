/**
 * Connections for the tests of filters, and the short way to ask who of them a filter lets in.
 */
import assert from "node:assert/strict";
import { type FilterSubject, parseFilter } from "../../src/filter/filter.ts";

/** A connection by its plain values. */
export interface Person {
  readonly connectionId: string;
  readonly userId: string | null;
  readonly protocol: string | null;
  readonly groups: readonly string[];
}

/** The connections of the reference's examples: P and Q are users, Z is anonymous and raw. */
export const PEOPLE: Readonly<Record<string, Person>> = {
  P: {
    connectionId: "conn-P",
    userId: "kim-07-eu",
    protocol: "json.webpubsub.azure.v1",
    groups: ["north", "ops"],
  },
  Q: {
    connectionId: "conn-Q",
    userId: "LEE",
    protocol: "json.reliable.webpubsub.azure.v1",
    groups: ["north"],
  },
  Z: { connectionId: "conn-Z", userId: null, protocol: null, groups: [] },
};

/** A person as a filter sees it. */
export function subjectOf(person: Person): FilterSubject {
  return {
    connectionId: person.connectionId,
    userId: person.userId ?? undefined,
    subprotocol: person.protocol ?? undefined,
    groupCount: person.groups.length,
    isInGroup: (group) => person.groups.includes(group),
  };
}

/** The names of those of P, Q and Z that `source` lets in, such as "PQ". The filter must be valid. */
export function selected(source: string): string {
  const result = parseFilter(source);
  assert.ok(result.ok, result.ok ? "" : result.message);
  const { filter } = result;
  return Object.entries(PEOPLE).filter(([, person]) => filter.matches(subjectOf(person)))
    .map(([name]) => name).join("");
}

/** Whether Q, a user with a group, is let in. */
export function holds(source: string): boolean {
  return selected(source).includes("Q");
}

/** The message for `source`, which must be invalid. */
export function refusal(source: string): string {
  const result = parseFilter(source);
  assert.ok(!result.ok, `accepted: ${source}`);
  return result.message;
}

/** The message for `source` without its frame: the expression that failed, and why. */
export function fault(source: string): readonly [expression: string, detail: string] {
  const match = /^Invalid syntax for '(.*?)': (.*) \(Parameter 'filter'\)$/s.exec(refusal(source));
  assert.ok(match, refusal(source));
  return [match[1] ?? "", match[2] ?? ""];
}
