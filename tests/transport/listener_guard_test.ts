// A listener without descriptors is shut, and opened again when there are enough.
import assert from "node:assert/strict";
import { DESCRIPTOR_LOOK_MS, DESCRIPTOR_WATCH_MS } from "../../src/limits.ts";
import { Descriptors } from "../../src/transport/descriptors.ts";
import { type HttpListener, LastingHttp } from "../../src/transport/lasting_http.ts";
import { ListenerGuard } from "../../src/transport/listener_guard.ts";
import { silentLog } from "../support/fake_hub.ts";
import { FakePlatform } from "../support/fake_platform.ts";
import { FewDescriptors } from "../support/few_descriptors.ts";

const RESERVE = 8;

function setup(limit: number) {
  const process = new FewDescriptors(limit);
  const platform = new FakePlatform();
  const take = () => process.take();
  const descriptors = new Descriptors({ platform, log: silentLog, take }, RESERVE);
  const steps: string[] = [];
  return { process, platform, steps, context: { platform, descriptors } };
}

Deno.test("shut is shut until there is twice the reserve, then it is opened once", async () => {
  const { process, platform, steps, context } = setup(RESERVE);
  const guard = new ListenerGuard(context, {
    shut: () => void steps.push("shut"),
    open: () => void steps.push("open"),
  });
  guard.shut();
  guard.shut();
  await platform.advance(10 * DESCRIPTOR_LOOK_MS);
  assert.deepEqual(steps, ["shut"]);
  process.limit = 2 * RESERVE;
  await platform.advance(DESCRIPTOR_LOOK_MS);
  await platform.advance(10 * DESCRIPTOR_LOOK_MS);
  assert.deepEqual(steps, ["shut", "open"]);
  guard.stop();
});

Deno.test("a listener that cannot be opened is tried again, until the guard is stopped", async () => {
  const { platform, steps, context } = setup(100);
  const guard = new ListenerGuard(context, {
    shut: () => {},
    open: () => {
      steps.push("try");
      throw new Deno.errors.AddrInUse();
    },
  });
  guard.shut();
  for (let i = 0; i < 3; i++) await platform.advance(DESCRIPTOR_LOOK_MS);
  assert.deepEqual(steps, ["try", "try", "try"]);
  guard.stop();
  await platform.advance(10 * DESCRIPTOR_LOOK_MS);
  assert.equal(steps.length, 3);
});

Deno.test("whoever takes of the reserve, handlers or files: the listener is shut within a second", async () => {
  const { process, platform, steps, context } = setup(100);
  const guard = new ListenerGuard(context, {
    shut: () => void steps.push("shut"),
    open: () => {},
  });
  guard.watch();
  await platform.advance(DESCRIPTOR_WATCH_MS);
  assert.deepEqual(steps, []);
  process.inUse = 95;
  await platform.advance(DESCRIPTOR_WATCH_MS);
  assert.deepEqual(steps, ["shut"]);
  guard.stop();
});

Deno.test("a listener of the runtime that gives up frees the reserve and is opened again on its port", async () => {
  const { process, platform, context } = setup(100);
  const ports: number[] = [];
  let giveUp: (error: Error) => void = () => {};
  const listen = (port: number): HttpListener => {
    ports.push(port);
    const { promise, reject } = Promise.withResolvers<void>();
    giveUp = reject;
    return { port: 4321, finished: promise, shutdown: () => Promise.resolve() };
  };
  const http = new LastingHttp(context, listen, 0);
  assert.equal(process.free, 100 - RESERVE);
  process.inUse = 100;
  giveUp(new Error("Too many open files (os error 24)"));
  await platform.settle();
  assert.equal(process.free, RESERVE);
  await platform.advance(DESCRIPTOR_LOOK_MS);
  assert.deepEqual(ports, [0]);
  process.inUse = 50;
  await platform.advance(DESCRIPTOR_LOOK_MS);
  assert.deepEqual(ports, [0, 4321]);
  assert.equal(process.free, 50 - RESERVE);
  await http.shutdown();
  assert.equal(process.free, 50);
});
