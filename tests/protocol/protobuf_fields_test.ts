import assert from "node:assert/strict";
import { FieldReader, type Fields, fieldsOf } from "../../src/protocol/protobuf_fields.ts";

interface Person {
  name: string;
  id: bigint;
  boss: Person | undefined;
}

const PERSON: Fields<Person> = fieldsOf<Person>([
  [0x0a, (into, from) => into.name = from.text()],
  [0x10, (into, from) => into.id = from.id()],
  [0x1a, (into, from) => from.message(PERSON, into.boss ??= nobody())],
  [0x22, (_into, from) => from.pass()],
]);

function nobody(): Person {
  return { name: "", id: 0n, boss: undefined };
}

function read(...bytes: number[]): Person {
  const person = nobody();
  new FieldReader(Uint8Array.from(bytes)).fields(PERSON, person);
  return person;
}

Deno.test("fields go where the table says; what is absent stays as it was", () => {
  assert.deepEqual(read(0x0a, 1, 0x61, 0x10, 5), { name: "a", id: 5n, boss: undefined });
  assert.deepEqual(read(), nobody());
});

Deno.test("of a scalar given twice the last counts, a message given twice is merged", () => {
  assert.equal(read(0x10, 5, 0x10, 6).id, 6n);
  const { boss } = read(0x1a, 2, 0x10, 5, 0x1a, 3, 0x0a, 1, 0x61);
  assert.deepEqual(boss, { name: "a", id: 5n, boss: undefined });
});

Deno.test("unknown fields and known numbers with another wire type are skipped", () => {
  // Field 1 as a varint, field 2 as 32 bits, field 100 with a length.
  assert.deepEqual(read(0x08, 1, 0x15, 1, 2, 3, 4, 0xa2, 0x06, 2, 9, 9), nobody());
});

Deno.test("a field that is passed is not looked into", () => {
  assert.deepEqual(read(0x22, 3, 0xff, 0xff, 0xff), nobody());
});

Deno.test("a nested message ends where its length says, or nothing is read", () => {
  assert.throws(() => read(0x1a, 9, 0x10, 5), /premature EOF/);
  // The string is three bytes long, its message has room for one.
  assert.throws(() => read(0x1a, 3, 0x0a, 3, 0x61, 0x61, 0x61), /exceeds its message/);
});

Deno.test("ids are exact up to 2^64 - 1", () => {
  assert.equal(read(0x10, ...Array(9).fill(0xff), 1).id, 2n ** 64n - 1n);
});

Deno.test("text must be UTF-8", () => {
  assert.throws(() => read(0x0a, 1, 0xff), TypeError);
});
