import assert from "node:assert/strict";
import { EgressGuard, systemResolveHost } from "../../src/upstream/egress_guard.ts";
import { addressKind } from "../../src/upstream/ip_address.ts";
import { FakePlatform } from "../support/fake_platform.ts";

Deno.test("addresses are sorted, also in IPv6 forms that carry IPv4", () => {
  const rows: readonly [string, ReturnType<typeof addressKind>][] = [
    ["203.0.113.7", "public"],
    ["8.8.8.8", "public"],
    ["172.15.0.1", "public"],
    ["172.32.0.1", "public"],
    ["2606:4700::1111", "public"],
    ["::ffff:8.8.8.8", "public"],
    ["0.0.0.0", "private"],
    ["10.1.2.3", "private"],
    ["100.64.0.1", "private"],
    ["127.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.1.1", "private"],
    ["198.18.0.1", "private"],
    ["224.0.0.1", "private"],
    ["255.255.255.255", "private"],
    ["::", "private"],
    ["::1", "private"],
    ["fc00::1", "private"],
    ["fd12:3456::1", "private"],
    ["fec0::1", "private"],
    ["ff02::1", "private"],
    ["::ffff:127.0.0.1", "private"],
    ["::ffff:a00:1", "private"],
    ["::127.0.0.1", "private"],
    ["64:ff9b::10.0.0.1", "private"],
    ["2002:7f00:1::", "private"],
    ["169.254.1.1", "linkLocal"],
    ["fe80::1", "linkLocal"],
    ["fe80::1%eth0", "linkLocal"],
    ["::ffff:169.254.1.1", "linkLocal"],
    ["169.254.169.254", "metadata"],
    ["::ffff:169.254.169.254", "metadata"],
    ["::ffff:a9fe:a9fe", "metadata"],
    ["64:ff9b::a9fe:a9fe", "metadata"],
    ["fd00:ec2::254", "metadata"],
    ["fd00:0ec2:0:0:0:0:0:0254", "metadata"],
    ["app.example.test", undefined],
    ["256.1.1.1", undefined],
    ["1.2.3", undefined],
    ["1::2::3", undefined],
    ["1:2:3", undefined],
    ["12345::", undefined],
  ];
  for (const [text, kind] of rows) assert.equal(addressKind(text), kind, text);
});

function setup(denyPrivateAddresses: boolean, allowedHosts: string[] = []) {
  const platform = new FakePlatform();
  const asked: string[] = [];
  const answers = new Map<string, readonly string[]>();
  const guard = new EgressGuard(platform, (host) => {
    asked.push(host);
    const addresses = answers.get(host);
    return addresses === undefined
      ? Promise.reject(new Error("getaddrinfo ENOTFOUND"))
      : Promise.resolve(addresses);
  }, { denyPrivateAddresses, allowedHosts });
  return { platform, asked, answers, kind: async (host: string) => (await guard.check(host)).kind };
}

Deno.test("loopback and private targets are allowed by default, metadata and link-local ones never", async () => {
  const { kind, asked } = setup(false);
  assert.equal(await kind("127.0.0.1"), "allowed");
  assert.equal(await kind("10.0.0.1"), "allowed");
  assert.equal(await kind("169.254.169.254"), "denied");
  assert.equal(await kind("[::ffff:169.254.169.254]"), "denied");
  assert.equal(await kind("fd00:ec2::254"), "denied");
  assert.equal(await kind("[fe80::1]"), "denied");
  assert.deepEqual(asked, []);
});

Deno.test("an option denies private targets", async () => {
  const { kind } = setup(true);
  for (const host of ["127.0.0.1", "[::1]", "10.0.0.1", "192.168.0.1", "[fd00::1]", "0.0.0.0"]) {
    assert.equal(await kind(host), "denied", host);
  }
  assert.equal(await kind("203.0.113.7"), "allowed");
});

Deno.test("odd spellings of an address are undone by the URL parser", async () => {
  const { kind } = setup(true);
  for (const host of ["2130706433", "0177.0.0.1", "0x7f.1", "127.1"]) {
    assert.equal(await kind(new URL(`http://${host}/`).hostname), "denied", host);
  }
});

Deno.test("names are judged by all their addresses: one denied address denies the name", async () => {
  const { kind, answers } = setup(false);
  answers.set("good.test", ["203.0.113.7", "10.0.0.1"]);
  answers.set("evil.test", ["203.0.113.7", "169.254.169.254"]);
  assert.equal(await kind("good.test"), "allowed");
  assert.equal(await kind("evil.test"), "denied");
});

Deno.test("who is listed by name or by address is allowed", async () => {
  const { kind, answers, asked } = setup(true, ["Meta.Test", "169.254.169.254", "[fd00::1]"]);
  answers.set("other.test", ["169.254.169.254"]);
  assert.equal(await kind("meta.test."), "allowed");
  assert.deepEqual(asked, []);
  assert.equal(await kind("169.254.169.254"), "allowed");
  assert.equal(await kind("[fd00::1]"), "allowed");
  assert.equal(await kind("other.test"), "allowed");
  assert.equal(await kind("127.0.0.1"), "denied");
});

Deno.test("a name that cannot be resolved is not called, and asked for again next time", async () => {
  const { kind, answers } = setup(false);
  assert.equal(await kind("late.test"), "unresolved");
  answers.set("late.test", ["203.0.113.7"]);
  assert.equal(await kind("late.test"), "allowed");
  answers.set("empty.test", []);
  assert.equal(await kind("empty.test"), "unresolved");
  answers.set("odd.test", ["not an address"]);
  assert.equal(await kind("odd.test"), "denied");
});

Deno.test("a verdict is used for ten seconds, and those who ask at once share a look-up", async () => {
  const { kind, answers, asked, platform } = setup(false);
  answers.set("app.test", ["203.0.113.7"]);
  await Promise.all([kind("app.test"), kind("app.test")]);
  await platform.advance(9999);
  assert.equal(await kind("app.test"), "allowed");
  assert.equal(asked.length, 1);
  answers.set("app.test", ["169.254.169.254"]);
  await platform.advance(1);
  assert.equal(await kind("app.test"), "denied");
});

Deno.test("the machine's resolver knows localhost", async () => {
  const addresses = await systemResolveHost("localhost");
  assert(addresses.some((address) => address === "127.0.0.1" || address === "::1"));
});
