import assert from "node:assert/strict";
import { Frame, type Message } from "../../src/protocol/event.ts";
import { type Encoder, Outgoing } from "../../src/session/outgoing.ts";

const MESSAGE: Message = {
  type: "message",
  group: "g",
  fromUserId: "ann",
  payload: { kind: "text", text: "hi" },
  metadata: undefined,
};

/** Counts its work; frames tell who made them. */
class CountingEncoder implements Encoder {
  encoded = 0;
  numbered = 0;

  constructor(readonly shape: number) {}

  encodeMessage(message: Message): Frame {
    assert.equal(message, MESSAGE);
    this.encoded++;
    return new Frame(`shape ${this.shape}`);
  }

  withSequenceId(frame: Frame, sequenceId: number): Frame {
    this.numbered++;
    return new Frame(`${frame.data} #${sequenceId}`);
  }
}

Deno.test("a message is encoded once for a shape, whoever of that shape asks", () => {
  const outgoing = new Outgoing(MESSAGE, 0);
  const [plain, reliable] = [new CountingEncoder(1), new CountingEncoder(1)];
  const frame = outgoing.frame(plain);
  assert.equal(outgoing.frame(reliable), frame);
  assert.equal(outgoing.frame(plain), frame);
  assert.deepEqual([plain.encoded, reliable.encoded], [1, 0]);
});

Deno.test("each shape has its own frame, also one that comes later than the table of today", () => {
  const outgoing = new Outgoing(MESSAGE, 0);
  const encoders = [7, 0, 2, 1].map((shape) => new CountingEncoder(shape));
  for (const _ of [1, 2]) {
    assert.deepEqual(
      encoders.map((encoder) => outgoing.frame(encoder).data),
      ["shape 7", "shape 0", "shape 2", "shape 1"],
    );
  }
  assert.deepEqual(encoders.map(({ encoded }) => encoded), [1, 1, 1, 1]);
});

Deno.test("receivers at the same number share the numbered frame", () => {
  const outgoing = new Outgoing(MESSAGE, 0);
  const encoder = new CountingEncoder(1);
  const first = outgoing.numbered(encoder, 5);
  assert.equal(first.data, "shape 1 #5");
  assert.equal(outgoing.numbered(encoder, 5), first);
  assert.deepEqual([encoder.encoded, encoder.numbered], [1, 1]);
});

Deno.test("receivers at other numbers get theirs of the one encoding", () => {
  const outgoing = new Outgoing(MESSAGE, 0);
  const encoder = new CountingEncoder(1);
  assert.deepEqual(
    [1, 2, 1, 0].map((number) => outgoing.numbered(encoder, number).data),
    ["shape 1 #1", "shape 1 #2", "shape 1 #1", "shape 1 #0"],
  );
  assert.deepEqual([encoder.encoded, encoder.numbered], [1, 4]);
});

Deno.test("the same number in two shapes is two frames", () => {
  const outgoing = new Outgoing(MESSAGE, 0);
  const [text, binary] = [new CountingEncoder(0), new CountingEncoder(3)];
  assert.equal(outgoing.numbered(text, 1).data, "shape 0 #1");
  assert.equal(outgoing.numbered(binary, 1).data, "shape 3 #1");
  assert.equal(outgoing.numbered(text, 1).data, "shape 0 #1");
});
