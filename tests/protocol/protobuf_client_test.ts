/** The client-side protocol object against the server's codec, in the shapes of the official client library. */
import assert from "node:assert/strict";
import type { WebPubSubMessage } from "@azure/web-pubsub-client";
import type { Payload } from "../../src/protocol/command.ts";
import type { Frame } from "../../src/protocol/event.ts";
import { protobufCodec } from "../../src/protocol/protobuf.ts";
import {
  protobufProtocol,
  protobufReliableProtocol,
  serialiseAny,
} from "../support/protobuf_client_codec.ts";

const client = protobufReliableProtocol();
const ANY = { type_url: "type.example.com/T", value: Uint8Array.of(8, 1) };

function written(message: WebPubSubMessage): unknown {
  const data = client.writeMessage(message);
  assert(data instanceof ArrayBuffer);
  return protobufCodec.decode(new Uint8Array(data));
}

function parsed(frame: Frame | undefined): unknown {
  assert(frame?.data instanceof Uint8Array);
  // As the client's socket hands it over.
  return client.parseMessages(new Uint8Array(frame.data).buffer);
}

Deno.test("the client offers the names of the service", () => {
  assert.deepEqual(
    [protobufProtocol(), client].map((p) => [p.name, p.isReliableSubProtocol]),
    [["protobuf.webpubsub.azure.v1", false], ["protobuf.reliable.webpubsub.azure.v1", true]],
  );
});

Deno.test("what the client writes is read by the server", () => {
  assert.deepEqual(written({ kind: "joinGroup", group: "g", ackId: 0 }), {
    type: "joinGroup",
    group: "g",
    ackId: 0n,
  });
  assert.deepEqual(written({ kind: "leaveGroup", group: "g" }), {
    type: "leaveGroup",
    group: "g",
    ackId: undefined,
  });
  assert.deepEqual(written({ kind: "sequenceAck", sequenceId: 2 ** 40 }), {
    type: "sequenceAck",
    sequenceId: 2n ** 40n,
  });
  assert.deepEqual(written({ kind: "ping" }), { type: "ping" });
  const payloads: [Parameters<typeof client.writeMessage>[0], Payload][] = [
    [{ kind: "sendEvent", event: "e", dataType: "text", data: "" }, { kind: "text", text: "" }],
    [{ kind: "sendEvent", event: "e", dataType: "json", data: { a: [1] } }, {
      kind: "json",
      text: '{"a":[1]}',
    }],
    [{ kind: "sendEvent", event: "e", dataType: "binary", data: Uint8Array.of(0, 1).buffer }, {
      kind: "binary",
      bytes: Uint8Array.of(0, 1),
    }],
    [{ kind: "sendEvent", event: "e", dataType: "protobuf", data: ANY }, {
      kind: "protobuf",
      bytes: serialiseAny(ANY),
    }],
    [{
      kind: "sendEvent",
      event: "e",
      dataType: "protobuf",
      data: new Uint8Array(serialiseAny(ANY)).buffer,
    }, { kind: "protobuf", bytes: serialiseAny(ANY) }],
  ];
  for (const [message, payload] of payloads) {
    assert.deepEqual(written(message), {
      type: "event",
      event: "e",
      payload,
      metadata: undefined,
      ackId: undefined,
    });
  }
  assert.deepEqual(
    written({
      kind: "sendToGroup",
      group: "g",
      dataType: "text",
      data: "x",
      noEcho: true,
      ackId: 7,
    }),
    {
      type: "sendToGroup",
      group: "g",
      payload: { kind: "text", text: "x" },
      metadata: undefined,
      noEcho: true,
      ttlSeconds: 0,
      ackId: 7n,
    },
  );
});

Deno.test("what the server writes is read by the client", () => {
  assert.deepEqual(parsed(protobufCodec.encodeSystem({ type: "pong" })), { kind: "pong" });
  assert.deepEqual(
    parsed(protobufCodec.encodeSystem({
      type: "connected",
      connectionId: "k3x",
      userId: undefined,
      reconnectionToken: "opaque",
    })),
    { kind: "connected", connectionId: "k3x", userId: "", reconnectionToken: "opaque" },
  );
  assert.deepEqual(parsed(protobufCodec.encodeSystem({ type: "disconnected", message: "bye" })), {
    kind: "disconnected",
    message: "bye",
  });
  assert.deepEqual(
    parsed(protobufCodec.encodeSystem({ type: "ack", ackId: 0n, error: undefined })),
    {
      kind: "ack",
      ackId: 0,
      success: true,
    },
  );
  const error = { name: "Duplicate", message: "again" } as const;
  assert.deepEqual(parsed(protobufCodec.encodeSystem({ type: "ack", ackId: 9n, error })), {
    kind: "ack",
    ackId: 9,
    success: false,
    error,
  });
});

Deno.test("messages reach the client with their kind of data", () => {
  const cases: [Payload, string, unknown][] = [
    [{ kind: "text", text: "" }, "text", ""],
    [{ kind: "json", text: '{"a":1}' }, "json", { a: 1 }],
    [{ kind: "binary", bytes: Uint8Array.of(1) }, "binary", Uint8Array.of(1).buffer],
    [{ kind: "protobuf", bytes: serialiseAny(ANY) }, "protobuf", ANY],
  ];
  for (const [payload, dataType, data] of cases) {
    const common = { type: "message", fromUserId: "ann", payload, metadata: undefined } as const;
    const toGroup = protobufCodec.encodeMessage({ ...common, group: "g" });
    assert.deepEqual(parsed(protobufCodec.withSequenceId(toGroup, 12)), {
      kind: "groupData",
      group: "g",
      fromUserId: "",
      dataType,
      data,
      sequenceId: 12,
    });
    assert.deepEqual(parsed(protobufCodec.encodeMessage({ ...common, group: undefined })), {
      kind: "serverData",
      dataType,
      data,
    });
  }
});
