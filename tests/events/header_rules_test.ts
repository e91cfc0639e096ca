import assert from "node:assert/strict";
import { authHeaderFlaw, isHeaderValue } from "../../src/events/header_rules.ts";

Deno.test("an auth header may have any name that neither events nor the HTTP client use", () => {
  for (const name of ["Authorization", "X-Api-Key", "x-functions-key", "Proxy-Authorization"]) {
    assert.equal(authHeaderFlaw(name), undefined, name);
  }
  for (const name of ["", "a b", "a:b", "a\r\nb", "é"]) {
    assert.equal(authHeaderFlaw(name)?.problem, "is no header name", name);
  }
});

Deno.test("headers that say what the event is, or that the HTTP client sets, are refused in any case", () => {
  for (
    const name of [
      "ce-userId",
      "CE-Signature",
      "WebHook-Request-Origin",
      "x-webpubsub-foo",
      "X-WebPubSub-Metadata-a",
      "x-ms-client-request-id",
      "Content-Type",
      "content-encoding",
      "Cookie",
      "Host",
      "Connection",
      "Keep-Alive",
      "TE",
      "Transfer-Encoding",
      "Upgrade",
      "Expect",
    ]
  ) assert.equal(authHeaderFlaw(name)?.problem, "is a header that the server sets itself", name);
});

Deno.test("a header's value is visible ASCII, blanks and tabs only inside", () => {
  for (const value of ["x", "Bearer a.b", "a\tb", "!~"]) assert(isHeaderValue(value), value);
  for (const value of ["", " ", " a", "a ", "a\n", "a\r\nb", "\0", "é"]) {
    assert(!isHeaderValue(value), JSON.stringify(value));
  }
});
