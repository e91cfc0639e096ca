import assert from "node:assert/strict";
import { nearest } from "../../src/config/nearest.ts";

Deno.test("a name is suggested only when it is near", () => {
  const names = ["port", "host", "publicEndpoint", "eventHandlers"];
  assert.equal(nearest("Port", names), "port");
  assert.equal(nearest("ports", names), "port");
  assert.equal(nearest("public_endpoint", names), "publicEndpoint");
  assert.equal(nearest("eventhanlders", names), "eventHandlers");
  assert.equal(nearest("x", names), undefined);
  assert.equal(nearest("", names), undefined);
  assert.equal(nearest("x".repeat(100_000), names), undefined);
});
