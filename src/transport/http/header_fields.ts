/**
 * The header fields of a request in the shape of the platform's `Headers`, without making one: that costs more than
 * reading the head.
 */
import type { RequestHead } from "./request_head.ts";

/** What readers of a request ask of its headers. The platform's `Headers` are such fields too. */
export interface HeaderFields extends Iterable<[name: string, value: string]> {
  /** The value of a field, those of repeated lines joined by `, `; `null` without any. `name` is in lower case. */
  get(name: string): string | null;
  has(name: string): boolean;
  /** Calls `task` once for each name. */
  forEach(task: (value: string, name: string) => void): void;
}

/** Fields by lower-case name. */
export class HeadFields implements HeaderFields {
  readonly #fields: RequestHead["headers"];

  constructor(fields: RequestHead["headers"]) {
    this.#fields = fields;
  }

  get(name: string): string | null {
    const values = this.#fields.get(name);
    return values === undefined ? null : joined(values);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  forEach(task: (value: string, name: string) => void): void {
    for (const [name, values] of this.#fields) task(joined(values), name);
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const [name, values] of this.#fields) yield [name, joined(values)];
  }
}

/** The fields of a request to `host`, which a target with an authority names against its `Host` line. */
export function fieldsFor({ headers }: RequestHead, host: string): HeaderFields {
  const given = headers.get("host")?.[0];
  return new HeadFields(given === host ? headers : new Map([...headers, ["host", [host]]]));
}

function joined(values: readonly string[]): string {
  return values.length === 1 ? values[0] ?? "" : values.join(", ");
}
