// A template can never hand the choice of host, port or scheme to a client's text.
import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "../../src/config/nearest.ts";
import { urlTemplateDefect } from "../../src/config/url_template.ts";

Deno.test("usable templates", () => {
  for (
    const template of [
      "http://localhost:3000/eventhandler/{event}",
      "HTTPS://App.example.com/{HUB}/{Event}?code=s3&h={hub}",
      "http://[::1]:3000",
      "http://a?x={event}",
      "http://a/all-events",
      "http://a/{other}/%7B",
    ]
  ) assert.equal(urlTemplateDefect(template), undefined, template);
});

Deno.test("unusable templates", () => {
  for (
    const template of [
      "http://",
      "http:///x",
      "http:/a/{event}",
      "http:\\\\a\\{event}",
      "http://a\\@{hub}/",
      " http://a/",
      "http://a/\n{event}",
      "http://a b/",
      "http://a:99999/",
      "javascript://a/{event}",
      "http://user@a/",
      "http://a{event}/",
      "http://a:1{event}/",
    ]
  ) assert.notEqual(urlTemplateDefect(template), undefined, template);
});

Deno.test("an accepted template keeps its authority whatever is put into its slots", () => {
  const piece = fc.constantFrom(
    ...[
      "http://",
      "https://",
      "a.example",
      ":80",
      "/",
      "?",
      "#",
      "@",
      "\\",
      "{hub}",
      "{event}",
      "{HUB}",
      "..",
      "%2f",
      "x",
      " ",
      "\t",
      "[::1]",
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.string(), (pieces, hostile) => {
      const template = pieces.join("");
      if (urlTemplateDefect(template) !== undefined) return;
      const fill = (text: string) =>
        new URL(template.replace(/\{(?:hub|event)\}/gi, () => encodeURIComponent(text)));
      const plain = fill("x");
      const filled = fill(hostile.toWellFormed());
      assert.equal(filled.origin, plain.origin);
      assert.equal(filled.username + filled.password + filled.hash, "");
    }),
    { seed: 20240607, numRuns: 3000 },
  );
});

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
