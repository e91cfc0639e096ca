// A process with few descriptors: connections leave the reserve alone.
import assert from "node:assert/strict";
import { DESCRIPTOR_LOOK_MS, DESCRIPTORS_PER_LOOK } from "../../src/limits.ts";
import type { LogFields } from "../../src/ports.ts";
import { Descriptors, isUsedUp } from "../../src/transport/descriptors.ts";
import { silentLog } from "../support/fake_hub.ts";
import { FakePlatform } from "../support/fake_platform.ts";
import { FewDescriptors } from "../support/few_descriptors.ts";

const RESERVE = 8;

function setup(limit: number, reserve = RESERVE) {
  const process = new FewDescriptors(limit);
  const platform = new FakePlatform();
  const lines: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void lines.push(message) };
  const take = () => process.take();
  return {
    process,
    platform,
    lines,
    descriptors: new Descriptors({ platform, log, take }, reserve),
    /** A socket that has been accepted: it has a descriptor already. */
    accept: () => process.socket(),
  };
}

Deno.test("connections get all descriptors but the reserve, whatever the looks cost", () => {
  for (const limit of [RESERVE, 9, 64, 100, 1000]) {
    const { process, descriptors, accept } = setup(limit);
    let admitted = 0;
    while (admitted <= limit && descriptors.admit(accept())) admitted++;
    // The one that was refused has given its own back.
    assert.equal(admitted, limit - RESERVE, `limit ${limit}`);
    assert.equal(process.free, limit - admitted);
  }
});

Deno.test("where a connection was there is room for another, without a look", () => {
  const { process, descriptors, accept } = setup(1000);
  const sockets = Array.from({ length: DESCRIPTORS_PER_LOOK }, accept);
  for (const socket of sockets) assert.equal(descriptors.admit(socket), true);
  const { taken } = process;
  for (const socket of sockets) socket.destroy();
  for (let i = 0; i < sockets.length; i++) assert.equal(descriptors.admit(accept()), true);
  assert.equal(process.taken - taken, sockets.length);
});

Deno.test("while there is no room a refusal costs no look, and a little later there is one", async () => {
  const { process, platform, descriptors, accept } = setup(RESERVE + 2);
  const sockets = Array.from({ length: 2 }, accept);
  for (const socket of sockets) assert.equal(descriptors.admit(socket), true);
  assert.equal(descriptors.admit(accept()), false);
  const { taken } = process;
  for (let i = 0; i < 100; i++) assert.equal(descriptors.admit(accept()), false);
  assert.equal(process.taken - taken, 100);
  process.limit += 10;
  await platform.advance(DESCRIPTOR_LOOK_MS);
  assert.equal(descriptors.admit(accept()), true);
});

Deno.test("a reserve of 0 admits everybody", () => {
  const { descriptors, accept } = setup(3, 0);
  for (let i = 0; i < 3; i++) assert.equal(descriptors.admit(accept()), true);
});

Deno.test("where files cannot be opened for another reason, nobody is refused for it", () => {
  const platform = new FakePlatform();
  const take = () => {
    throw new Deno.errors.NotCapable("Requires read access");
  };
  const descriptors = new Descriptors({ platform, log: silentLog, take });
  assert.equal(descriptors.admit(new FewDescriptors(1).socket()), true);
  assert.equal(descriptors.free(100), 100);
  descriptors.holdReserve().close();
});

Deno.test("a held reserve comes free at once, and only once", () => {
  const { process, descriptors } = setup(20);
  const held = descriptors.holdReserve();
  assert.equal(process.free, 20 - RESERVE);
  held.close();
  held.close();
  assert.equal(process.free, 20);
});

Deno.test("however often it is reported, one line a second", async () => {
  const { platform, lines, descriptors } = setup(1);
  for (let i = 0; i < 100; i++) descriptors.report("full");
  await platform.advance(1000);
  descriptors.report("full");
  assert.deepEqual(lines, ["full", "full"]);
});

Deno.test("an error is reported with its stack", () => {
  const fields: LogFields[] = [];
  const log = { ...silentLog, warn: (_: string, of?: LogFields) => void fields.push(of ?? {}) };
  const descriptors = new Descriptors({ platform: new FakePlatform(), log }, RESERVE);
  descriptors.report("Cannot accept a connection", new Error("no room"));
  assert.match(String(fields[0]?.stack), /no room[^]*descriptors_test\.ts/);
});

Deno.test("used up is told from other errors by code or text", () => {
  assert.equal(isUsedUp(Object.assign(new Error("open"), { code: "EMFILE" })), true);
  assert.equal(isUsedUp(Object.assign(new Error("open"), { code: "ENFILE" })), true);
  assert.equal(isUsedUp(new Error("Too many open files (os error 24)")), true);
  assert.equal(isUsedUp(new Deno.errors.NotFound("no such file")), false);
  assert.equal(isUsedUp(undefined), false);
});
