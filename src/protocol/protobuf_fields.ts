/**
 * Reads any protobuf message by a table of its fields, by the rules of proto3.
 *
 * proto3 in short: unknown fields are skipped, and a known number with another wire type is an unknown field; of a
 * scalar given twice the last counts; a message given twice is merged.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Reads the value of one field off the wire, which stands right behind the tag, and keeps it in `into`. */
export type ReadField<T> = (into: T, from: FieldReader) => void;

/** A field by its tag, which is field number and wire type in one number, and how it is read. */
export type Row<T> = readonly [tag: number, read: ReadField<T>];

/** The known fields of a message, by tag. */
export type Fields<T> = readonly (ReadField<T> | undefined)[];

/**
 * Makes the table of a message out of its rows.
 *
 * ```ts
 * import { FieldReader, fieldsOf } from "./protobuf_fields.ts";
 * import assert from "node:assert/strict";
 * const person = { name: "", age: 0 };
 * const fields = fieldsOf<typeof person>([
 *   [10, (into, from) => into.name = from.text()],
 *   [16, (into, from) => into.age = from.uint32()],
 * ]);
 * new FieldReader(Uint8Array.of(10, 3, 0x61, 0x6e, 0x6e, 16, 42, 24, 1)).fields(fields, person);
 * assert.deepEqual(person, { name: "ann", age: 42 });
 * ```
 */
export function fieldsOf<T>(rows: readonly Row<T>[]): Fields<T> {
  const highest = Math.max(-1, ...rows.map(([tag]) => tag));
  const fields = new Array<ReadField<T> | undefined>(highest + 1).fill(undefined);
  for (const [tag, read] of rows) fields[tag] = read;
  return fields;
}

/**
 * The library's reader, taught to follow tables. Nested messages are read in place, up to their end. All methods throw
 * plain errors for bytes that are no message.
 */
export class FieldReader extends BinaryReader {
  /** Reads fields into `into` up to `end`, which is the end of all bytes if it is left out. */
  fields<T>(fields: Fields<T>, into: T, end = this.len): void {
    while (this.pos < end) {
      const tag = this.#tag();
      const read = tag < fields.length ? fields[tag] : undefined;
      if (read === undefined) this.#skip(tag);
      else read(into, this);
    }
    // No read looks at the ends of the messages around it: a field that goes beyond one of them shows here.
    if (this.pos !== end) throw new RangeError("a field exceeds its message");
  }

  /** Reads a nested message into `into`. */
  message<T>(fields: Fields<T>, into: T): void {
    const end = this.uint32() + this.pos;
    if (end > this.len) throw new RangeError("premature EOF");
    this.fields(fields, into, end);
  }

  /** Passes over a length-delimited field without a look inside. */
  pass(): void {
    this.skip(WireType.LengthDelimited);
  }

  /** A string, which must be valid UTF-8. */
  text(): string {
    return this.string(true);
  }

  /** An exact integer: the library gives strings where it has no bigint. */
  id(): bigint {
    const value = this.uint64();
    return typeof value === "bigint" ? value : BigInt(value);
  }

  #tag(): number {
    const [field, wireType] = this.tag();
    return ((field << 3) | wireType) >>> 0;
  }

  #skip(tag: number): void {
    const wireType = tag & 7;
    // The library's own skip takes varints of any length; ten bytes are the most that encode a number.
    if (wireType === WireType.Varint) this.uint64();
    else this.skip(wireType, tag >>> 3);
  }
}
