/** The carriers that exist, and the one that tests use in their place. */
import { systemPlatform } from "../../src/platform.ts";
import { EgressGuard, systemResolveHost } from "../../src/upstream/egress_guard.ts";
import { HttpCarrier } from "../../src/upstream/http_carrier.ts";
import { FakeCarrier, type FakeHandler } from "../support/fake_carrier.ts";
import { HostileUpstream, UpstreamStub } from "../support/upstream_stub.ts";
import { ANY_ADDRESS } from "../upstream/fixture.ts";
import { carrierContract, type CarrierUnderTest, type OtherEnd } from "./upstream_carrier.ts";

/** A stub whose port nobody listens on any more. */
async function nobody(): Promise<UpstreamStub> {
  const stub = new UpstreamStub();
  await stub[Symbol.asyncDispose]();
  return stub;
}

async function overHttp(end: OtherEnd): Promise<CarrierUnderTest> {
  const handler = typeof end === "function"
    ? new UpstreamStub(end)
    : end === "nobody"
    ? await nobody()
    : new HostileUpstream(end === "silent" ? "neverAnswers" : "halfBody");
  const guard = new EgressGuard(systemPlatform, systemResolveHost, ANY_ADDRESS);
  return {
    carrier: new HttpCarrier(systemPlatform, guard),
    url: handler.url,
    hostname: "127.0.0.1",
    async [Symbol.asyncDispose]() {
      if (end !== "nobody") await handler[Symbol.asyncDispose]();
    },
  };
}

function inMemory(end: OtherEnd): CarrierUnderTest {
  return {
    carrier: new FakeCarrier(typeof end === "function" ? answering(end) : AT_THE_END[end]),
    url: "fake://handler",
    hostname: "handler",
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function answering(script: Exclude<OtherEnd, string>): FakeHandler {
  return async ({ method, url, headers, body }) => {
    const target = url.replace(/^fake:\/\/handler/, "");
    const bytes = await new Response(body ?? null).bytes();
    return await script({ method, target, headers: new Headers(headers), body: bytes });
  };
}

const AT_THE_END: Readonly<Record<Extract<OtherEnd, string>, FakeHandler>> = {
  nobody: () => Promise.reject(new Error("nobody is there")),
  silent: () => new Promise(() => {}),
  breaksOff: () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.error(new Error("it broke off")) }),
    ),
};

carrierContract("HTTP", overHttp);
carrierContract("in memory", inMemory);
