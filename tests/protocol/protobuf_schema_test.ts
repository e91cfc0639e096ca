import assert from "node:assert/strict";
import protobuf from "protobufjs";
import { schema } from "../support/protobuf_client_codec.ts";

/**
 * The messages of the service, one line each: `number name type`. `?` marks explicit presence, `|` the members of a
 * oneof, `*` a repeated field.
 */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  "UpstreamMessage": [
    "1 sendToGroupMessage SendToGroupMessage|",
    "5 eventMessage EventMessage|",
    "6 joinGroupMessage JoinGroupMessage|",
    "7 leaveGroupMessage LeaveGroupMessage|",
    "8 sequenceAckMessage SequenceAckMessage|",
    "9 pingMessage PingMessage|",
    "10 invokeEventMessage InvokeEventMessage|",
    "11 cancelInvocationMessage CancelInvocationMessage|",
    "13 streamDataMessage StreamDataMessage|",
    "14 streamEndMessage StreamEndMessage|",
    "15 setGroupStateMessage SetGroupStateMessage|",
    "16 subscribeGroupStateMessage SubscribeGroupStateMessage|",
    "17 unsubscribeGroupStateMessage UnsubscribeGroupStateMessage|",
  ],
  "UpstreamMessage.SendToGroupMessage": [
    "1 group string",
    "2 ackId uint64?",
    "3 data MessageData",
    "4 noEcho bool?",
    "5 ttlSeconds uint32?",
    "6 metadata map<string,string>",
    "7 stream StreamStartInfo",
  ],
  "UpstreamMessage.EventMessage": [
    "1 event string",
    "2 data MessageData",
    "3 ackId uint64?",
    "4 metadata map<string,string>",
    "5 stream StreamStartInfo",
  ],
  "UpstreamMessage.JoinGroupMessage": ["1 group string", "2 ackId uint64?"],
  "UpstreamMessage.LeaveGroupMessage": ["1 group string", "2 ackId uint64?"],
  "UpstreamMessage.SequenceAckMessage": ["1 sequenceId uint64"],
  "UpstreamMessage.PingMessage": [],
  "UpstreamMessage.InvokeEventMessage": [
    "1 event string",
    "2 invocationId string",
    "3 data MessageData",
    "4 metadata map<string,string>",
    "5 stream StreamStartInfo",
  ],
  "UpstreamMessage.CancelInvocationMessage": ["1 invocationId string"],
  "UpstreamMessage.StreamDataMessage": [
    "1 streamId string",
    "2 streamSequenceId uint64?",
    "3 data MessageData?",
  ],
  "UpstreamMessage.StreamEndMessage": ["1 streamId string", "2 error Error?"],
  "UpstreamMessage.StreamEndMessage.Error": ["1 message string?", "2 userErrorCode string?"],
  "UpstreamMessage.SetGroupStateMessage": [
    "1 group string",
    "2 ackId uint64?",
    "3 state GroupState?",
  ],
  "UpstreamMessage.SubscribeGroupStateMessage": ["1 group string", "2 ackId uint64?"],
  "UpstreamMessage.UnsubscribeGroupStateMessage": ["1 group string", "2 ackId uint64?"],
  "DownstreamMessage": [
    "1 ackMessage AckMessage|",
    "2 dataMessage DataMessage|",
    "3 systemMessage SystemMessage|",
    "4 pongMessage PongMessage|",
    "5 invokeResponseMessage InvokeResponseMessage|",
    "6 streamAckMessage StreamAckMessage|",
    "7 streamNackMessage StreamNackMessage|",
    "8 streamClosedMessage StreamClosedMessage|",
    "9 groupStateUpdateMessage GroupStateMessage|",
    "10 groupStateSnapshotMessage GroupStateMessage|",
  ],
  "DownstreamMessage.Error": ["1 name string", "2 message string"],
  "DownstreamMessage.AckMessage": ["1 ackId uint64", "2 success bool", "3 error Error?"],
  "DownstreamMessage.DataMessage": [
    "1 from string",
    "2 group string?",
    "3 data MessageData",
    "4 sequenceId uint64?",
    "5 metadata map<string,string>",
    "6 stream StreamInfo?",
  ],
  "DownstreamMessage.SystemMessage": [
    "1 connectedMessage ConnectedMessage|",
    "2 disconnectedMessage DisconnectedMessage|",
  ],
  "DownstreamMessage.SystemMessage.ConnectedMessage": [
    "1 connectionId string",
    "2 userId string",
    "3 reconnectionToken string?",
  ],
  "DownstreamMessage.SystemMessage.DisconnectedMessage": ["2 reason string"],
  "DownstreamMessage.PongMessage": [],
  "DownstreamMessage.InvokeResponseMessage": [
    "1 invocationId string",
    "2 success bool",
    "3 data MessageData?",
    "4 error Error?",
    "5 metadata map<string,string>",
  ],
  "DownstreamMessage.StreamAckMessage": ["1 streamId string", "2 expectedSequenceId uint64"],
  "DownstreamMessage.StreamNackMessage": [
    "1 streamId string",
    "2 name string",
    "3 message string",
    "4 expectedSequenceId uint64",
  ],
  "DownstreamMessage.StreamClosedMessage": ["1 streamId string", "2 error Error?"],
  "DownstreamMessage.GroupStateMessage": [
    "1 group string",
    "2 items GroupStateItem*",
    "3 sequenceId uint64?",
  ],
  "MessageData": [
    "1 textData string|",
    "2 binaryData bytes|",
    "3 protobufData google.protobuf.Any|",
    "4 jsonData string|",
  ],
  "StreamStartInfo": ["1 streamId string", "2 idleTimeoutMs uint32?"],
  "StreamInfo": [
    "1 streamId string",
    "2 streamSequenceId uint64",
    "3 endOfStream bool?",
    "4 error Error?",
  ],
  "StreamInfo.Error": ["1 name string", "2 message string", "3 userErrorCode string"],
  "GroupState": ["1 entries map<string,string>"],
  "GroupStateItem": [
    "1 connectionId string",
    "2 userId string?",
    "3 state GroupState?",
    "4 updatedAt int64",
  ],
};

function describe(field: protobuf.Field): string {
  const type = field instanceof protobuf.MapField
    ? `map<${field.keyType},${field.type}>`
    : field.type;
  const presence = field.repeated
    ? "*"
    : field.partOf === null
    ? ""
    : field.partOf.isProto3Optional
    ? "?"
    : "|";
  return `${field.id} ${field.name} ${type}${presence}`;
}

function namesIn(namespace: protobuf.NamespaceBase, prefix: string): string[] {
  return namespace.nestedArray.flatMap((nested) =>
    nested instanceof protobuf.Type
      ? [prefix + nested.name, ...namesIn(nested, `${prefix}${nested.name}.`)]
      : []
  );
}

for (const [name, fields] of Object.entries(MESSAGES)) {
  Deno.test(`${name} has the fields of the service`, () => {
    const type = schema.lookupType(`azure.webpubsub.${name}`);
    assert.deepEqual(type.fieldsArray.map(describe), fields);
  });
}

Deno.test("the .proto file has no other messages", () => {
  const namespace = schema.lookup("azure.webpubsub");
  assert(namespace instanceof protobuf.Namespace);
  assert.deepEqual(namesIn(namespace, "").toSorted(), Object.keys(MESSAGES).toSorted());
});
