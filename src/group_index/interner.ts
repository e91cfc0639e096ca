/** Names as dense numbers. */

/** What {@linkcode Interner.find} answers for a name that has no id. */
export const NO_ID = -1;

/**
 * Ids from 0 on for names in use. An id belongs to its name until it is released; then it goes to another name, the one
 * released last first.
 *
 * ```ts
 * import { Interner, NO_ID } from "./interner.ts";
 * import assert from "node:assert/strict";
 * const groups = new Interner();
 * const id = groups.acquire("sports");
 * assert.equal(groups.find("sports"), id);
 * groups.release(id);
 * assert.equal(groups.find("sports"), NO_ID);
 * ```
 */
export class Interner {
  readonly #ids = new Map<string, number>();
  /** Names by id. In place of a free id's name stands the id that is to be taken after it, or `NO_ID`. */
  readonly #names: (string | number)[] = [];
  /** The id to be taken next, or `NO_ID`: none is free. */
  #free = NO_ID;

  /** Names in use. */
  get size(): number {
    return this.#ids.size;
  }

  /** The id of a name, or `NO_ID`. Changes nothing. */
  find(name: string): number {
    return this.#ids.get(name) ?? NO_ID;
  }

  /** The name of an id, `undefined` for a free one. */
  nameOf(id: number): string | undefined {
    const name = this.#names[id];
    return typeof name === "string" ? name : undefined;
  }

  /** Gives an id to a name, which {@linkcode find} just said to have none: it is not searched again. */
  acquire(name: string): number {
    const id = this.#take();
    this.#ids.set(name, id);
    this.#names[id] = name;
    return id;
  }

  /** Takes the id of a name back. Throws a `RangeError` when the id is free. */
  release(id: number): void {
    const name = this.#names[id];
    if (typeof name !== "string") {
      throw new RangeError(`Cannot release id ${id}: it is free, ${this.#ids.size} ids are in use`);
    }
    this.#ids.delete(name);
    this.#names[id] = this.#free;
    this.#free = id;
  }

  /** All names in use, in the order in which they came. */
  names(): IterableIterator<string> {
    return this.#ids.keys();
  }

  #take(): number {
    const id = this.#free;
    if (id === NO_ID) return this.#names.length;
    const next = this.#names[id];
    this.#free = typeof next === "number" ? next : NO_ID;
    return id;
  }
}
