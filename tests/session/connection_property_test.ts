// A reliable connection against a small model, over random interleavings of everything that can happen to it: the
// client sees every message once and in order, whatever is cut, recovered, taken over, expired or closed.
import assert from "node:assert/strict";
import fc from "fast-check";
import { compileRoles } from "../../src/auth/roles.ts";
import { Permissions } from "../../src/auth/permissions.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { Connection } from "../../src/session/connection.ts";
import { Identity } from "../../src/session/identity.ts";
import { Outgoing } from "../../src/session/outgoing.ts";
import { ReplayBuffer } from "../../src/session/replay_buffer.ts";
import { FakeOutlet } from "../support/fake_outlet.ts";

const SEED = 20261124;
const BOUND = 8;

type Step =
  | { kind: "send"; ttl: number }
  | { kind: "read" }
  | { kind: "ack"; back: number }
  | { kind: "cut" }
  | { kind: "recover" }
  | { kind: "tick"; ms: number }
  | { kind: "end" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("send" as const), ttl: fc.constantFrom(0, 0, 0, 5) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("read" as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ack" as const), back: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("recover" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("tick" as const), ms: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const) }) },
);

interface Entry {
  readonly id: number;
  readonly expiresAt: number;
}

Deno.test(`every message arrives once and in order over any life of a connection (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let now = 1;
      let outlet = new FakeOutlet();
      const connection = new Connection(
        new Identity("h", "c", undefined, ""),
        0,
        jsonCodec,
        new Permissions(compileRoles([])),
        outlet,
        new ReplayBuffer({ messages: BOUND, bytes: 1e9 }),
      );
      // The model: what is unacknowledged, what the client has seen, and where the connection stands.
      let unacknowledged: Entry[] = [];
      let next = 1;
      let phase = "open";
      let largestSeen = 0;
      const seen: number[] = [];
      const mayMiss = new Set<number>();

      const read = () => {
        for (
          const frame of outlet.take() as { type: string; sequenceId?: number; data?: number }[]
        ) {
          if (frame.type !== "message" || frame.sequenceId === undefined) continue;
          assert.equal(
            frame.data,
            frame.sequenceId,
            "a replay has the number of the first sending",
          );
          // As the official client does: what is not above the largest seen is a duplicate.
          if (frame.sequenceId > largestSeen) {
            largestSeen = frame.sequenceId;
            seen.push(frame.sequenceId);
          }
        }
      };

      for (const action of steps) {
        switch (action.kind) {
          case "send": {
            const expiresAt = action.ttl === 0 ? 0 : now + action.ttl;
            const message = {
              type: "message",
              group: "g",
              fromUserId: undefined,
              payload: { kind: "json", text: String(next) },
              metadata: undefined,
            } as const;
            const taken = connection.deliver(new Outgoing(message, expiresAt), now);
            if (phase === "ended") break;
            if (unacknowledged.length >= BOUND) {
              unacknowledged = unacknowledged.filter((e) => e.expiresAt === 0 || e.expiresAt > now);
            }
            assert.equal(taken, unacknowledged.length < BOUND);
            if (!taken) {
              connection.end();
              phase = "ended";
            } else {
              if (expiresAt !== 0) mayMiss.add(next);
              unacknowledged.push({ id: next++, expiresAt });
            }
            break;
          }
          case "read":
            read();
            break;
          case "ack": {
            read();
            const id = Math.max(0, largestSeen - action.back);
            connection.acknowledge(BigInt(id), now);
            unacknowledged = unacknowledged.filter((entry) => entry.id > id);
            break;
          }
          case "cut":
            // What the socket had not handed over yet is lost.
            outlet.take();
            assert.equal(connection.cut(), true);
            if (phase === "open") phase = "away";
            outlet = new FakeOutlet();
            break;
          case "recover": {
            if (phase === "ended") break;
            const old = outlet;
            outlet = new FakeOutlet();
            connection.recover(outlet, "t", now);
            if (phase === "open") assert.equal(old.dropped, true);
            phase = "open";
            unacknowledged = unacknowledged.filter((e) => e.expiresAt === 0 || e.expiresAt > now);
            const frames = [...outlet.frames] as {
              type: string;
              event?: string;
              sequenceId: number;
            }[];
            assert.equal(frames.shift()?.event, "connected");
            assert.deepEqual(frames.map((f) => f.sequenceId), unacknowledged.map((e) => e.id));
            break;
          }
          case "tick":
            now += action.ms;
            break;
          case "end":
            connection.end();
            phase = "ended";
        }
        assert.equal(connection.phase, phase);
      }
      if (phase !== "ended") {
        outlet = new FakeOutlet();
        connection.recover(outlet, "t", now);
        read();
        for (let id = 1; id < next; id++) {
          assert(seen.includes(id) || mayMiss.has(id), `message ${id} is lost`);
        }
      }
      assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => a - b), "once and in order");
    }),
    { seed: SEED, numRuns: 500 },
  );
});
