// What becomes of a test whose program of another language is missing.
import assert from "node:assert/strict";
import { testOf } from "./peer.ts";

const ASKED = {
  peer: "curl",
  install: "apt-get install curl",
  isThere: true,
  inCi: false,
  name: "curl gets its answer",
  fn: () => Promise.resolve(),
};

Deno.test("a test whose program is there runs, in CI too", () => {
  for (const inCi of [false, true]) {
    const { name, ignore, fn } = testOf({ ...ASKED, inCi });
    assert.deepEqual([name, ignore, fn], [ASKED.name, false, ASKED.fn]);
  }
});

Deno.test("a test whose program is missing is skipped and says how to get it", () => {
  const { name, ignore } = testOf({ ...ASKED, isThere: false });
  assert.equal(name, "curl gets its answer (skipped, curl is missing: apt-get install curl)");
  assert.equal(ignore, true);
});

Deno.test("in CI, which installs all programs, it fails", async () => {
  const { name, ignore, fn } = testOf({ ...ASKED, isThere: false, inCi: true });
  assert.deepEqual([name, ignore], [ASKED.name, false]);
  await assert.rejects(fn, { message: "curl is missing: apt-get install curl" });
});
