import assert from "node:assert/strict";
import { AMBIGUOUS, clientToken } from "../../src/transport/client_auth.ts";
import { parseClientUrl } from "../../src/webpubsub/client_url.ts";

/** The token of a request with this query and, maybe, this `Authorization`. */
function tokenOf(query: string, authorization?: string) {
  const parameters = parseClientUrl(`/client/hubs/chat${query}`)?.parameters ?? [];
  const headers = new Headers(authorization === undefined ? {} : { authorization });
  return clientToken(headers, parameters);
}

Deno.test("the token of the query comes before that of the header", () => {
  assert.equal(tokenOf("?access_token=q", "Bearer h"), "q");
  assert.equal(tokenOf("?access_token=q"), "q");
  assert.equal(tokenOf("", "Bearer h"), "h");
});

Deno.test("an empty token in the query is none: the header counts", () => {
  assert.equal(tokenOf("?access_token=", "Bearer h"), "h");
  assert.equal(tokenOf("?access_token="), undefined);
});

Deno.test("without a token in either place there is none, whatever other scheme the header has", () => {
  assert.equal(tokenOf(""), undefined);
  assert.equal(tokenOf("", "Basic h"), undefined);
});

Deno.test("two tokens in the query are ambiguous, in any case of the name, even when they are the same", () => {
  assert.equal(tokenOf("?access_token=a&access_token=a"), AMBIGUOUS);
  assert.equal(tokenOf("?access_token=a&ACCESS_TOKEN=b", "Bearer h"), AMBIGUOUS);
});
