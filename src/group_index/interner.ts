/**
 * Names as dense numbers.
 *
 * Layout, one word an id: its references, or for a free id 1 + the next free one (0: none). Whether an id is free, its
 * name tells. The id released last is taken first.
 */
import { Words } from "./words.ts";

/** What {@linkcode Interner.find} answers for a name that has no id. */
export const NO_ID = -1;

/**
 * Ids from 0 on for names in use. An id belongs to its name until every reference is released; then it goes to
 * another name.
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
  readonly #names: (string | undefined)[] = [];
  readonly #words = new Words();
  /** 1 + the id to be taken next; 0: none is free. */
  #free = 0;

  /** Names in use. */
  get size(): number {
    return this.#ids.size;
  }

  /** Bytes of all buffers; the map and the names are not in them. */
  get byteLength(): number {
    return this.#words.array.byteLength;
  }

  /** The id of a name, or `NO_ID`. Changes nothing. */
  find(name: string): number {
    return this.#ids.get(name) ?? NO_ID;
  }

  /** The name of an id, `undefined` for a free one. */
  nameOf(id: number): string | undefined {
    return this.#names[id];
  }

  /** References to an id. */
  references(id: number): number {
    return this.#names[id] === undefined ? 0 : this.#words.array[id] ?? 0;
  }

  /** The id of a name, which it gets now if it had none, with one more reference. */
  acquire(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#take();
      this.#ids.set(name, id);
      this.#names[id] = name;
    }
    this.#words.array[id] = (this.#words.array[id] ?? 0) + 1;
    return id;
  }

  /** Takes one reference back; with the last one the name goes. Throws a `RangeError` when the id is free. */
  release(id: number): void {
    const name = this.#names[id];
    if (name === undefined) {
      throw new RangeError(`Cannot release id ${id}: it is free, ${this.#ids.size} ids are in use`);
    }
    const left = (this.#words.array[id] ?? 0) - 1;
    this.#words.array[id] = left;
    if (left > 0) return;
    this.#ids.delete(name);
    this.#names[id] = undefined;
    this.#words.array[id] = this.#free;
    this.#free = id + 1;
  }

  /** All names in use, in the order in which they came. */
  names(): IterableIterator<string> {
    return this.#ids.keys();
  }

  /** An id without references. */
  #take(): number {
    const id = this.#free - 1;
    if (id < 0) {
      this.#words.reserve(this.#names.length + 1);
      return this.#names.length;
    }
    this.#free = this.#words.array[id] ?? 0;
    this.#words.array[id] = 0;
    return id;
  }
}
