/**
 * What does it cost to read one publish and to write it for its group, and for a reliable member? `deno bench bench`
 */
import { jsonCodec } from "../src/protocol/json.ts";
import type { Message } from "../src/protocol/event.ts";

const text = "x".repeat(100);
const frames: ReadonlyArray<readonly [string, string]> = [
  ["text", `{"type":"sendToGroup","group":"lab","dataType":"text","data":"${text}","ackId":123}`],
  ["json", `{"type":"sendToGroup","group":"lab","data":{"text":"${text}"},"ackId":123}`],
  [
    "text with metadata",
    `{"type":"sendToGroup","group":"lab","dataType":"text","data":"${text}","ackId":1,"metadata":{"trace":"a1"}}`,
  ],
];

for (const [name, frame] of frames) {
  Deno.bench(`decode a sendToGroup, ${name}`, () => {
    jsonCodec.decode(frame);
  });
  const command = jsonCodec.decode(frame);
  if (command.type !== "sendToGroup") throw new Error(`Cannot bench "${name}": no publish`);
  const message: Message = {
    type: "message",
    group: command.group,
    fromUserId: "ann",
    payload: command.payload,
    metadata: command.metadata,
  };
  Deno.bench(`encode its message, ${name}`, () => {
    jsonCodec.encodeMessage(message);
  });
  const shared = jsonCodec.encodeMessage(message);
  let sequenceId = 0;
  Deno.bench(`number its message, ${name}`, () => {
    jsonCodec.withSequenceId(shared, ++sequenceId);
  });
}
