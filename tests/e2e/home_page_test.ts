// What a browser gets that opens the server's address.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { startServer } from "../../src/server.ts";
import { answerHome } from "../../src/server/home_page.ts";
import { QUIET } from "../support/fixture.ts";
import { raw } from "../rest/raw_http.ts";

Deno.test("GET / is a page that says that the server works, and how to go on", async () => {
  await using server = await startServer(QUIET);
  for (const target of ["/", "/?utm=x"]) {
    const page = await raw(server, "GET", target, { token: null });
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.body, /^<!DOCTYPE html>[^]*<\/html>\n$/);
    const token = `hubbub token --hub chat --public-endpoint ${server.endpoint}`;
    for (const text of [server.healthUrl, server.clientUrlTemplate, token, "README"]) {
      assert.ok(page.body.includes(text), text);
    }
  }
});

Deno.test("the page holds no secret", async () => {
  const accessKeys = { primary: "a-key-of-our-own-that-nobody-else-knows-1" };
  await using server = await startServer({ ...QUIET, accessKeys });
  const { head, body } = await raw(server, "GET", "/", { token: null });
  assert.doesNotMatch(head + body, /a-key-of-our-own|AccessKey=/);
});

Deno.test("the page may run nothing and load nothing but its icon; its one style is the one allowed", async () => {
  await using server = await startServer(QUIET);
  const { headers, body } = await raw(server, "GET", "/", { token: null });
  const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  assert.equal(
    headers.get("content-security-policy"),
    `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; base-uri 'none'; ` +
      "form-action 'none'; frame-ancestors 'none'",
  );
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.doesNotMatch(body, /<script|\sstyle=|\son[a-z]+=|<form|<iframe/i);
  assert.match(body, /name="viewport"/);
  assert.match(style, /prefers-color-scheme: dark/);
});

Deno.test("HEAD has the headers of GET and no body; other methods are 405", async () => {
  await using server = await startServer(QUIET);
  for (const target of ["/", "/favicon.ico"]) {
    const get = await raw(server, "GET", target, { token: null });
    const head = await raw(server, "HEAD", target, { token: null });
    assert.equal(head.status, 200);
    assert.equal(head.body, "");
    for (const name of ["content-type", "content-length"]) {
      assert.equal(head.headers.get(name), get.headers.get(name), name);
    }
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const other = await raw(server, method, target, { token: null });
      assert.deepEqual([other.status, other.headers.get("allow")], [405, "GET, HEAD"]);
    }
  }
});

Deno.test("browsers find an icon; a path beside the two stays unknown", async () => {
  await using server = await startServer(QUIET);
  const icon = await raw(server, "GET", "/favicon.ico", { token: null });
  assert.deepEqual([icon.status, icon.headers.get("content-type")], [200, "image/svg+xml"]);
  assert.match(icon.body, /^<svg /);
  for (const target of ["/index.html", "/favicon.icon", "/favicon.ico/x", "//", "/x"]) {
    assert.equal((await raw(server, "GET", target, { token: null })).status, 404, target);
  }
});

Deno.test("addresses are text on the page, whatever a configuration makes of them", () => {
  const url = `https://h/<script>alert("1")</script>&'`;
  const { body } = answerHome("GET", "/", {
    endpoint: url,
    clientUrlTemplate: url,
    healthUrl: url,
  });
  assert.doesNotMatch(body ?? "", /<script/);
  assert.ok(
    body?.includes("https://h/&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"),
  );
  assert.ok(!body?.includes("allowInsecureConnection"), "https needs no leave to be insecure");
});
