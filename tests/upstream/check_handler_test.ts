/** The check by hand asks what the server would ask and says what to change. */
import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform.ts";
import { checkHandler } from "../../src/upstream/check_handler.ts";
import { connectFlaw } from "../../src/webpubsub/answer.ts";
import { connectRequest, NOBODY } from "../../src/webpubsub/request.ts";
import { HostileUpstream, UpstreamStub } from "../support/upstream_stub.ts";
import { allowed, ORIGIN, SIGNATURE } from "./fixture.ts";

function check(urlTemplate: string, origin = ORIGIN) {
  return checkHandler({
    urlTemplate,
    webhookOrigin: undefined,
    publicHost: origin,
    egress: { denyPrivateAddresses: false, allowedHosts: [] },
    platform: systemPlatform,
    probe: connectRequest(NOBODY),
    flawOf: connectFlaw,
    signature: () => SIGNATURE,
  });
}

Deno.test("a good handler passes validation and probe", async () => {
  await using stub = new UpstreamStub();
  const report = await check(`${stub.url}/{hub}/{event}?code=s3cret`);
  assert.deepEqual(report.lines, [
    `Handler ${stub.url}/{hub}/{event}`,
    `Validation ${stub.url}/chat/validate`,
    "  sent: WebHook-Request-Origin: rt.example.test",
    "  OPTIONS answered 200",
    "  expected: WebHook-Allowed-Origin: * or rt.example.test",
    "  found: *",
    "  passed",
    `Probe event connect ${stub.url}/chat/connect`,
    "  POST answered 204",
    "  passed: a client would be accepted",
  ]);
  assert.equal(report.ok, true);
  assert.equal(stub.events[0]?.headers.get("ce-type"), "azure.webpubsub.sys.connect");
});

Deno.test("the bare host is asked for; the handler may answer with host and port", async () => {
  await using stub = new UpstreamStub();
  stub.validate = () => allowed("localhost:8080");
  const { ok, lines } = await check(`${stub.url}/`, "localhost:8080");
  assert.equal(ok, true);
  assert.equal(lines[2], "  sent: WebHook-Request-Origin: localhost");
  assert.equal(lines[4], "  expected: WebHook-Allowed-Origin: * or localhost or localhost:8080");
});

Deno.test("each failure says what to do, and shows no query", async () => {
  await using stub = new UpstreamStub();
  await using hostile = new HostileUpstream("status500");
  stub.validate = () => allowed("other.test");
  const url = `${stub.url}/{event}?code=s3cret`;
  const rows: readonly [string, RegExp, string?][] = [
    [url, /found: other\.test[^]*to do: add "rt\.example\.test" to the allowed endpoints/],
    [`${hostile.url}/{event}?code=s3cret`, /POST answered 500[^]*to do: see the handler's own log/],
    [
      "http://{hub}.test/?code=s3cret",
      /parameter in scheme, user info, host or port[^]*to do: .*only in path and query/,
    ],
    ["http://169.254.169.254/?code=s3cret", /169\.254\.169\.254 is not allowed[^]*allowed hosts/],
    [url, /the origin "http:\/\/x" is a URL[^]*give only host or host:port/, "http://x"],
  ];
  for (const [template, expected, origin] of rows) {
    const { ok, lines } = await check(template, origin);
    assert.equal(ok, false);
    assert.match(lines.join("\n"), expected);
    assert(!lines.join("\n").includes("s3cret"));
  }
});

Deno.test("an answer that no client could use is found by the probe", async () => {
  await using stub = new UpstreamStub(() => new Response("hello"));
  const { ok, lines } = await check(`${stub.url}/`);
  assert.equal(ok, false);
  assert.match(lines.join("\n"), /not a JSON object/);
});
