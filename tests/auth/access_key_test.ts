import assert from "node:assert/strict";
import {
  AccessKeys,
  checkAccessKey,
  connectionString,
  DEVELOPMENT_KEY,
} from "../../src/auth/access_key.ts";
import { PRIMARY, SECONDARY } from "./tokens.ts";

Deno.test("the development key is the one of the official emulator and a valid key", () => {
  assert.equal(DEVELOPMENT_KEY, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH");
  assert.deepEqual(checkAccessKey(DEVELOPMENT_KEY), { ok: true });
});

Deno.test("a key has at least 32 UTF-8 bytes, not characters", () => {
  assert.equal(checkAccessKey("k".repeat(32)).ok, true);
  assert.equal(checkAccessKey("ü".repeat(16)).ok, true);
  const check = checkAccessKey("k".repeat(31));
  assert(!check.ok);
  assert.equal(check.defect, "tooShort");
});

const DEFECTS = [
  ["semicolon", `${PRIMARY};`],
  ["controlCharacter", `${PRIMARY}\n`],
  ["controlCharacter", `${PRIMARY}\u0000x`],
  ["controlCharacter", `${PRIMARY}\u0085x`],
  ["surroundingSpace", ` ${PRIMARY}`],
  ["surroundingSpace", `${PRIMARY}\u00a0`],
] as const;

for (const [defect, key] of DEFECTS) {
  Deno.test(`a key with the defect ${defect} is refused: ${JSON.stringify(key)}`, () => {
    const check = checkAccessKey(key, "primary access key");
    assert(!check.ok);
    assert.equal(check.defect, defect);
    assert(check.message.startsWith("Cannot use the primary access key: "));
    assert(!check.message.includes(PRIMARY));
    assert(!check.message.endsWith("."));
  });
}

Deno.test("a key may have space inside and characters of any script", () => {
  assert.equal(checkAccessKey("a key with spaces and ключ in it, 32 bytes").ok, true);
});

Deno.test("a connection string has endpoint, key and version", () => {
  assert.equal(
    connectionString("http://localhost:8080", DEVELOPMENT_KEY),
    `Endpoint=http://localhost:8080;AccessKey=${DEVELOPMENT_KEY};Version=1.0;`,
  );
});

Deno.test("the signature of an event has one part for each key, the primary first", () => {
  const keys = new AccessKeys(PRIMARY, SECONDARY);
  const primary = "sha256=d3037e97d57e6ace0dc99a5aa806991f66bfe6b4731229c09f3a7a1967ad9e1c";
  const secondary = "sha256=9993819eda20903b1e52d842f4e47ad81baa26b24a3e0ae060e15daaff17b209";
  assert.equal(keys.signature("4f1c0b6e2d9a4c35"), `${primary},${secondary}`);
  assert.equal(new AccessKeys(PRIMARY).signature("4f1c0b6e2d9a4c35"), primary);
});

Deno.test("keys can be replaced under those who hold them", () => {
  const keys = new AccessKeys(PRIMARY);
  const mac = keys.sign("sha512", "text");
  const generation = keys.generation;
  keys.replace(SECONDARY, PRIMARY);
  assert.equal(keys.primary, SECONDARY);
  assert.equal(keys.secondary, PRIMARY);
  assert.notEqual(keys.generation, generation);
  assert.equal(keys.verifies("sha512", "text", mac), true);
  keys.replace(SECONDARY);
  assert.equal(keys.secondary, undefined);
  assert.equal(keys.verifies("sha512", "text", mac), false);
});

Deno.test("a replacement with one bad key changes neither", () => {
  const keys = new AccessKeys(PRIMARY, SECONDARY);
  assert.throws(() => keys.replace("another-primary-key-0123456789abcdef", "short"), {
    name: "TypeError",
    message: /^Cannot use the secondary access key: .* current length is 5;/,
  });
  assert.equal(keys.primary, PRIMARY);
  assert.equal(keys.secondary, SECONDARY);
  assert.equal(keys.generation, 0);
});

Deno.test("a MAC is good with either key, and only whole", () => {
  const keys = new AccessKeys(PRIMARY, SECONDARY);
  for (const key of [PRIMARY, SECONDARY]) {
    const mac = new AccessKeys(key).sign("sha256", "text");
    assert.equal(keys.verifies("sha256", "text", mac), true);
    assert.equal(keys.verifies("sha256", "texts", mac), false);
    assert.equal(keys.verifies("sha384", "text", mac), false);
    assert.equal(keys.verifies("sha256", "text", mac.subarray(1)), false);
    assert.equal(keys.verifies("sha256", "text", new Uint8Array()), false);
  }
});

Deno.test("MACs of one purpose are not those of another", () => {
  const keys = new AccessKeys(PRIMARY, SECONDARY);
  assert.equal(keys.macs("listing", "text").length, 2);
  assert.notDeepEqual(keys.macs("listing", "text"), keys.macs("recovery", "text"));
  assert.deepEqual(new AccessKeys(SECONDARY).macs("listing", "text"), [
    keys.macs("listing", "text")[1],
  ]);
});

Deno.test("keys do not show when the object is logged or serialised", () => {
  const keys = new AccessKeys(PRIMARY, SECONDARY);
  for (const text of [JSON.stringify(keys), Deno.inspect(keys), String(keys)]) {
    assert(!text.includes("hubbub-"), text);
  }
});
