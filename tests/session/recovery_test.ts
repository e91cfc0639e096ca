import assert from "node:assert/strict";
import { RECONNECTION_TOKEN_LIFE_MS } from "../../src/limits.ts";
import { ReconnectionTokens } from "../../src/session/recovery.ts";
import { FakePlatform } from "../support/fake_platform.ts";

Deno.test("a token opens its own connection only, any number of times, until it expires", async () => {
  const platform = new FakePlatform();
  const tokens = new ReconnectionTokens(platform);
  const token = tokens.issue("a");
  assert.equal(tokens.verify("a", token), true);
  assert.equal(tokens.verify("a", token), true);
  assert.equal(tokens.verify("b", token), false);
  await platform.advance(RECONNECTION_TOKEN_LIFE_MS);
  assert.equal(tokens.verify("a", token), false);
});

Deno.test("older tokens of a connection stay good beside newer ones", async () => {
  const platform = new FakePlatform();
  const tokens = new ReconnectionTokens(platform);
  const first = tokens.issue("a");
  await platform.advance(1000);
  const second = tokens.issue("a");
  assert.notEqual(first, second);
  assert.equal(tokens.verify("a", first), true);
  assert.equal(tokens.verify("a", second), true);
});

Deno.test("made up, altered and foreign tokens are refused", () => {
  const platform = new FakePlatform();
  const tokens = new ReconnectionTokens(platform);
  const token = tokens.issue("a");
  const foreign = new ReconnectionTokens(platform).issue("a");
  for (
    const bad of ["", ".", "x", "x.y", token.slice(1), `${token}x`, `z${token}`, foreign, "é.ü"]
  ) {
    assert.equal(tokens.verify("a", bad), false, bad);
  }
});
