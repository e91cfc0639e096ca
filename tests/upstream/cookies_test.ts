import assert from "node:assert/strict";
import { MAX_COOKIES } from "../../src/limits.ts";
import { CookieJars } from "../../src/upstream/cookies.ts";
import { FakePlatform } from "../support/fake_platform.ts";
import { RecordingLog, source } from "./fixture.ts";

const URL = "http://app.example.test/hooks/chat/connect";

function setup() {
  const platform = new FakePlatform();
  const log = new RecordingLog();
  const jars = new CookieJars(platform, log);
  const client = source();
  const set = async (...lines: string[]) => {
    const headers = new Headers();
    for (const line of lines) headers.append("set-cookie", line);
    await jars.store(client, URL, headers);
  };
  return { platform, log, jars, client, set, header: (url = URL) => jars.header(client, url) };
}

Deno.test("an answer without cookies costs nothing and sends nothing", () => {
  const { jars, client, header } = setup();
  assert.equal(jars.store(client, URL, new Headers()), undefined);
  assert.equal(header(), undefined);
});

Deno.test("a cookie goes back with later events of the same connection, and of no other", async () => {
  const { jars, set, header } = setup();
  await set("affinity=abc; Path=/");
  assert.equal(header(), "affinity=abc");
  assert.equal(header("http://app.example.test/hooks/chat/message"), "affinity=abc");
  assert.equal(jars.header(source(), URL), undefined);
});

Deno.test("a cookie set again replaces the first, several come in one header", async () => {
  const { set, header } = setup();
  await set("a=1; Path=/", "b=2; Path=/");
  await set("a=3; Path=/");
  assert.equal(header(), "a=3; b=2");
});

Deno.test("domain, path and Secure decide where a cookie goes", async () => {
  const { jars, client, set, header } = setup();
  await set("host=1; Path=/", "domain=2; Path=/; Domain=example.test", "path=3; Path=/hooks/chat");
  assert.equal(header("http://app.example.test/other"), "host=1; domain=2");
  assert.equal(header("http://www.example.test/hooks/chat/x"), "domain=2");
  assert.equal(header("http://evil.test/"), undefined);
  const secure = new Headers([["set-cookie", "safe=4; Path=/; Secure"]]);
  await jars.store(client, "https://app.example.test/", secure);
  assert.doesNotMatch(header() ?? "", /safe/);
  assert.match(header("https://app.example.test/") ?? "", /safe=4/);
});

/** A jar with one cookie that a handler at `url` set for `domain`; what goes to `url` and to `other`. */
async function domainCookie(url: string, domain: string, other: string) {
  const { jars, client, log } = setup();
  const headers = new Headers([["set-cookie", `affinity=abc; Path=/; Domain=${domain}`]]);
  await jars.store(client, url, headers);
  return {
    sent: jars.header(client, url),
    elsewhere: jars.header(client, other),
    skipped: log.warnings.length,
  };
}

for (
  const [url, domain, other] of [
    ["http://web:3000/connect", "web", "http://app.web:3000/"],
    ["http://web:3000/connect", ".WEB", "http://app.web:3000/"],
    ["http://github.io/connect", "github.io", "http://app.github.io/"],
    ["http://127.0.0.1:3000/connect", "127.0.0.1", "http://1.127.0.0.1.test/"],
    ["http://[::1]:3000/connect", "[::1]", "http://web/"],
    ["http://localhost:3000/connect", "localhost", "http://app.localhost/"],
  ] as const
) {
  Deno.test(`Domain=${domain} from ${url} is the host itself: kept, for that host only`, async () => {
    const kept = { sent: "affinity=abc", elsewhere: undefined, skipped: 0 };
    assert.deepEqual(await domainCookie(url, domain, other), kept);
  });
}

Deno.test("a domain that is the host and no public suffix holds for its subdomains too", async () => {
  const { sent, elsewhere } = await domainCookie(
    "http://app.example.com/",
    "app.example.com",
    "http://node1.app.example.com/",
  );
  assert.deepEqual([sent, elsewhere], ["affinity=abc", "affinity=abc"]);
});

for (
  const [url, domain] of [
    ["http://app.web:3000/", "web"],
    ["http://app.github.io/", "github.io"],
    ["http://web/", "other"],
    ["http://web/", "app.web"],
    ["http://127.0.0.1/", "127.0.0.2"],
  ] as const
) {
  Deno.test(`Domain=${domain} from ${url} is a public suffix or another host: skipped`, async () => {
    const { sent, skipped } = await domainCookie(url, domain, url);
    assert.deepEqual([sent, skipped], [undefined, 1]);
  });
}

Deno.test("a cookie ends by Max-Age or Expires, on the injected clock, however often it was used", async () => {
  const { platform, set, header } = setup();
  const date = new Date(platform.now() + 60_000).toUTCString();
  await set("age=1; Path=/; Max-Age=30", `date=2; Path=/; Expires=${date}`, "session=3; Path=/");
  await platform.advance(29_000);
  assert.equal(header(), "age=1; date=2; session=3");
  await platform.advance(1000);
  assert.equal(header(), "date=2; session=3");
  await platform.advance(30_000);
  assert.equal(header(), "session=3");
  await set("session=; Path=/; Max-Age=0");
  assert.equal(header(), undefined);
});

Deno.test("a cookie that is invalid, foreign or too long is skipped with a log line that does not quote it", async () => {
  const { log, set, header } = setup();
  await set(
    "=",
    "s3cret; x",
    "a=s3cret; Domain=other.test",
    `b=${"s3cret".repeat(1000)}`,
    "c=é\u0080",
  );
  assert.equal(header(), undefined);
  assert.equal(log.warnings.length, 5);
  assert(!log.text.includes("s3cret"));
  await set("good=1; Path=/");
  assert.equal(header(), "good=1");
});

Deno.test("a connection has at most 50 cookies; what has expired makes room", async () => {
  const { platform, log, set, header } = setup();
  const cookies = (from: number, more: string) =>
    Array.from({ length: MAX_COOKIES }, (_, i) => `c${from + i}=1; Path=/${more}`);
  await set(...cookies(0, "; Max-Age=10"), "over=1; Path=/");
  assert.equal(header()?.split("; ").length, MAX_COOKIES);
  assert(!header()?.includes("over"));
  assert.match(String(log.warnings[0]?.fields.problem), /50 cookies/);
  await platform.advance(10_000);
  await set("later=1; Path=/");
  assert.equal(header(), "later=1");
});

Deno.test("a cookie for an address stays with that address", async () => {
  const { jars } = setup();
  const client = source();
  const headers = new Headers([["set-cookie", "a=1; Path=/"]]);
  await jars.store(client, "http://127.0.0.1:8080/x", headers);
  assert.equal(jars.header(client, "http://127.0.0.1:8080/y"), "a=1");
  assert.equal(jars.header(client, "http://127.0.0.2:8080/y"), undefined);
});
