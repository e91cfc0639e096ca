import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compileUrlTemplate,
  printableUrl,
  type UrlTemplate,
  urlTemplateFlaw,
} from "../../src/events/url_template.ts";

function compiled(text: string): UrlTemplate {
  const result = compileUrlTemplate(text);
  assert(result.ok, `${text}: ${result.ok ? "" : result.flaw.problem}`);
  return result.template;
}

function problem(text: string): string {
  const result = compileUrlTemplate(text);
  assert(!result.ok, text);
  assert.notEqual(result.flaw.fix, "");
  return result.flaw.problem;
}

Deno.test("a placeholder is replaced in path and query, whatever its case", () => {
  const template = compiled("https://app.example.test/{HUB}/x/{Event}?h={hub}&e={event}&code=s3");
  assert.equal(
    template.resolve("chat", "calc"),
    "https://app.example.test/chat/x/calc?h=chat&e=calc&code=s3",
  );
});

Deno.test("a template without placeholders is allowed", () => {
  assert.equal(compiled("http://h/all").resolve("chat", "calc"), "http://h/all");
});

Deno.test("query and trailing slash stay exactly as written", () => {
  assert.equal(compiled("http://h/a/?b=%20&&c").resolve("x", "y"), "http://h/a/?b=%20&&c");
  assert.equal(compiled("http://h/a/").resolve("x", "y"), "http://h/a/");
});

Deno.test("values are escaped as one URI component: only letters, digits and -._~ stay", () => {
  const template = compiled("http://h/{event}");
  assert.equal(template.resolve("c", "a-._~Z9"), "http://h/a-._~Z9");
  assert.equal(template.resolve("c", "a/b?c#d"), "http://h/a%2Fb%3Fc%23d");
  assert.equal(template.resolve("c", "!'()*"), "http://h/%21%27%28%29%2A");
  assert.equal(template.resolve("c", "é\ud800"), "http://h/%C3%A9%EF%BF%BD");
});

Deno.test("a name that could climb or vanish in the path is not resolved", () => {
  const template = compiled("http://h/a/{hub}/b");
  for (const name of ["", ".", "..", "..."]) assert.equal(template.resolve(name, "x"), undefined);
});

Deno.test("other braces are left to the URL parser", () => {
  assert.equal(compiled("http://h/{x}/{event}").resolve("c", "e"), "http://h/%7Bx%7D/e");
});

Deno.test("a fragment is refused, since it is never sent", () => {
  assert.match(problem("http://h/{event}#top"), /has a fragment, which is never sent/);
  assert.match(problem("http://h/#{event}"), /has a fragment/);
});

Deno.test("a placeholder in scheme, user info, host or port is refused", () => {
  for (
    const text of [
      "https://{hub}.example.test/",
      "https://app.example.test:{hub}/",
      "https://{hub}@app.example.test/",
      "https://{event}/",
      "{hub}://app.example.test/",
    ]
  ) assert.match(problem(text), /has a parameter in scheme, user info, host or port/);
});

Deno.test("an empty, relative or foreign URL is refused", () => {
  assert.equal(problem(" "), "is empty");
  assert.equal(problem("/hooks/{event}"), "is not an absolute URL");
  assert.equal(problem("localhost:3000/{event}"), "is not an absolute URL");
  assert.equal(problem("https:/h/x"), "is not an absolute URL");
  assert.equal(problem("ftp://h/x"), 'has the scheme "ftp"');
  assert.equal(problem("tunnel:///x"), "is a tunnel, which is not supported yet");
  assert.match(problem("http://h:99999/"), /no valid host/);
  assert.match(problem("http:///x"), /no valid host/);
});

Deno.test("user information is refused", () => {
  assert.match(problem("https://u:p@h/x"), /user info/);
});

Deno.test("a Key Vault reference is refused and says what to use", () => {
  const result = compileUrlTemplate(
    "https://h/x?code={@Microsoft.KeyVault(SecretUri=https://v/s)}",
  );
  assert(!result.ok);
  assert.match(result.flaw.problem, /key vault/);
  assert.match(result.flaw.fix, /environment or a file/);
});

Deno.test("what the URL parser would silently change is refused", () => {
  for (
    const text of [
      "http://h/a b",
      "http://h/\t{event}",
      " http://h/",
      "http://h\n/x",
      "http://h/x\u00a0",
      "http://h/\u0085",
      "http://h/\ud800",
      "http:\\\\h/x",
      "http://h/a\\b",
    ]
  ) {
    assert.match(problem(text), /white space, a backslash or a control character at position \d/);
  }
  assert.match(problem("http://h/%{event}"), /inside a percent escape/);
  assert.match(problem("http://h/%2{event}"), /inside a percent escape/);
});

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
  ) assert.equal(urlTemplateFlaw(template), undefined, template);
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
  ) assert.notEqual(urlTemplateFlaw(template), undefined, template);
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
      if (urlTemplateFlaw(template) !== undefined) return;
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

Deno.test("hostile names never change host, path structure or query", () => {
  const text = "https://app.example.test:8443/a/{hub}/b/{event}/c?x={hub}&code=s3&y={event}";
  const template = compiled(text);
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string(),
    fc.constantFrom(
      "..",
      ".",
      "%2e%2e",
      "../../x",
      "//evil.test",
      "\\evil.test",
      "@evil.test",
      "?code=1",
      "#",
      "&code=1",
      "a%00b",
      "\r\nHost: evil",
      "{hub}",
      "{event}",
      "0slot0hub0slot0",
      "$&",
      "$1",
    ),
  );
  fc.assert(
    fc.property(hostile, hostile, (hub, event) => {
      const resolved = template.resolve(hub, event);
      if (resolved === undefined) {
        assert(/^\.*$/.test(hub) || /^\.*$/.test(event));
        return;
      }
      const url = new URL(resolved);
      // What is sent is what was resolved: the parser finds nothing to change.
      assert.equal(url.href, resolved);
      assert.equal(url.origin, "https://app.example.test:8443");
      assert.equal(url.username + url.password + url.hash, "");
      const segments = url.pathname.split("/");
      assert.deepEqual(
        segments.map(decodeURIComponent),
        ["", "a", hub.toWellFormed(), "b", event.toWellFormed(), "c"],
      );
      assert.deepEqual([...url.searchParams], [
        ["x", hub.toWellFormed()],
        ["code", "s3"],
        ["y", event.toWellFormed()],
      ]);
    }),
    { seed: 5, numRuns: 500 },
  );
});

Deno.test("a printed URL has no query, no fragment and no user information", () => {
  assert.equal(printableUrl("https://u:p@h:1/x?code=1#f"), "https://h:1/x");
  assert.equal(printableUrl("http://h/x#code=1"), "http://h/x");
  assert.equal(printableUrl("http://h/x?a=@b"), "http://h/x");
});
