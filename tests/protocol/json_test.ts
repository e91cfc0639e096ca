import assert from "node:assert/strict";
import fc from "fast-check";
import type { Command } from "../../src/protocol/command.ts";
import { toBase64 } from "../../src/protocol/base64.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { blank, valueSource } from "./json_arbitraries.ts";
import { frameOf, MALFORMED_JSON } from "./malformed_json_table.ts";

const encoder = new TextEncoder();

function decode(frame: string | Uint8Array): Command {
  return jsonCodec.decode(frame);
}

/** Decodes a frame that must be a publish. */
function publish(frame: string): Extract<Command, { type: "sendToGroup" }> {
  const command = decode(frame);
  assert(command.type === "sendToGroup", JSON.stringify(command.type));
  return command;
}

Deno.test("every request of the specification's examples is read", () => {
  assert.deepEqual(decode('{"type":"joinGroup","group":"g","ackId":1}'), {
    type: "joinGroup",
    group: "g",
    ackId: 1n,
  });
  assert.deepEqual(decode('{"type":"leaveGroup","group":"g","ackId":2}'), {
    type: "leaveGroup",
    group: "g",
    ackId: 2n,
  });
  assert.deepEqual(
    decode(
      '{"type":"sendToGroup","group":"g","dataType":"text","data":"hi","noEcho":true,"ackId":3,"ttlSeconds":60,"metadata":{"trace":"a1"}}',
    ),
    {
      type: "sendToGroup",
      group: "g",
      payload: { kind: "text", text: "hi" },
      metadata: new Map([["trace", "a1"]]),
      noEcho: true,
      ttlSeconds: 60,
      ackId: 3n,
    },
  );
  assert.deepEqual(
    decode('{"type":"event","event":"order","dataType":"json","data":{"id":7},"ackId":4}'),
    {
      type: "event",
      event: "order",
      payload: { kind: "json", text: '{"id":7}' },
      metadata: undefined,
      ackId: 4n,
    },
  );
  assert.deepEqual(decode('{"type":"sequenceAck","sequenceId":12}'), {
    type: "sequenceAck",
    sequenceId: 12n,
  });
  assert.deepEqual(decode('{"type":"ping"}'), { type: "ping" });
});

Deno.test("a publish without options is JSON, echoed, without time to live, ack and metadata", () => {
  assert.deepEqual(publish('{"type":"sendToGroup","group":"g","data":1}'), {
    type: "sendToGroup",
    group: "g",
    payload: { kind: "json", text: "1" },
    metadata: undefined,
    noEcho: false,
    ttlSeconds: 0,
    ackId: undefined,
  });
});

Deno.test("the table of malformed and borderline frames names each row once", () => {
  assert(MALFORMED_JSON.length >= 100);
  assert.equal(new Set(MALFORMED_JSON.map((row) => row.name)).size, MALFORMED_JSON.length);
});

for (const row of MALFORMED_JSON) {
  const verb = typeof row.expected === "object" && "code" in row.expected ? "refused" : "read";
  Deno.test(`JSON frame ${verb}: ${row.name}`, () => {
    const command = decode(frameOf(row));
    if (row.expected === "pong") {
      assert.equal(command.type, "ping");
    } else if (row.expected === "ignored") {
      assert.notEqual(command.type, "malformed");
      assert.equal("ackId" in command ? command.ackId : undefined, undefined);
    } else if ("code" in row.expected) {
      assert(command.type === "malformed", command.type);
      assert.equal(command.code, row.expected.code);
      assert.equal(
        command.reason,
        "The client message is not a valid JSON protocol message.",
      );
      assert(command.detail.length > 0 && command.detail.length < 300, command.detail);
    } else {
      assert(command.type !== "malformed", "detail" in command ? command.detail : "");
      assert("ackId" in command);
      assert.equal(String(command.ackId), row.expected.ack);
    }
  });
}

Deno.test("the detail of a refusal says which field is wrong and never quotes data", () => {
  const detail = (frame: string) => {
    const command = decode(frame);
    assert(command.type === "malformed");
    return command.detail;
  };
  assert.equal(
    detail('{"type":"joinGroup","group":"g","ackId":1.0}'),
    'Cannot read "ackId": it must be a plain integer from 0 to 18446744073709551615, current value is 1.0',
  );
  assert.equal(
    detail('{"type":"sendToGroup","group":"g","data":1,"noEcho":"yes"}'),
    'Cannot read "noEcho": it must be true or false, current value is "yes"',
  );
  const secret = "secret".repeat(20);
  for (
    const frame of [
      `{"type":"sendToGroup","group":"g","dataType":"binary","data":"${secret}!"}`,
      `{"type":"sendToGroup","group":"g","dataType":"text","data":["${secret}"]}`,
      `{"type":"sendToGroup","group":"g","dataType":"text","data":"${secret}`,
      `{"type":"sendToGroup","group":"g","data":1,"metadata":{"k":["${secret}"]}}`,
      `{"type":"sendToGroup","group":"g","data":1,"metadata":{"k":"é${secret}"}}`,
    ]
  ) {
    assert(!detail(frame).includes("secret"), detail(frame));
  }
  for (
    const frame of [
      `{"type":"${secret}"}`,
      `{"type":"joinGroup","group":"g","ackId":"${secret}"}`,
      `{"type":"joinGroup","group":"g","ackId":${"9".repeat(120)}}`,
      `{"type":"sendToGroup","group":"g","data":1,"metadata":{"é${secret}":""}}`,
      `{"type":"sendToGroup","group":"g","data":1,"metadata":{"${secret}":1}}`,
    ]
  ) {
    assert(!detail(frame).includes(secret.slice(0, 65)), detail(frame));
    assert(!detail(frame).includes("9".repeat(65)), detail(frame));
  }
});

Deno.test("JSON data goes through as its very source text", () => {
  fc.assert(
    fc.property(valueSource, blank, blank, fc.boolean(), (data, before, after, binary) => {
      fc.pre(data !== "null");
      const frame =
        `{${before}"data"${after}:${before}${data}${after},"group":"g","type":"sendToGroup"${after}}`;
      const command = decode(binary ? encoder.encode(frame) : frame);
      assert(command.type === "sendToGroup");
      assert.deepEqual(command.payload, { kind: "json", text: data });
      const out = jsonCodec.encodeMessage({
        type: "message",
        group: "g",
        fromUserId: undefined,
        payload: command.payload,
        metadata: undefined,
      });
      assert.equal(
        out.data,
        `{"type":"message","from":"group","group":"g","dataType":"json","data":${data}}`,
      );
    }),
    { seed: 21, numRuns: 500 },
  );
});

Deno.test("of data given twice the last text goes through", () => {
  const command = publish('{"data":1.0,"type":"sendToGroup","group":"g","d\\u0061ta":[ 2.0 ]}');
  assert.deepEqual(command.payload, { kind: "json", text: "[ 2.0 ]" });
});

Deno.test("metadata keeps the order of its keys, also of those that look like numbers", () => {
  const command = publish(
    '{"type":"sendToGroup","group":"g","data":1,"metadata":{"b":"1","10":"2","2":"3"}}',
  );
  assert.deepEqual([...command.metadata ?? []], [["b", "1"], ["10", "2"], ["2", "3"]]);
});

Deno.test("metadata without data makes an empty text, whatever the data type", () => {
  for (const rest of ["", ',"dataType":"json"', ',"dataType":"BINARY"']) {
    const command = publish(
      `{"type":"sendToGroup","group":"g","metadata":{"a":"1"}${rest}}`,
    );
    assert.deepEqual(command.payload, { kind: "text", text: "" });
    assert.deepEqual(command.metadata, new Map([["a", "1"]]));
  }
  const empty = publish('{"type":"sendToGroup","group":"g","metadata":{}}');
  assert.deepEqual(empty.payload, { kind: "text", text: "" });
  assert.equal(empty.metadata, undefined);
});

Deno.test("base64 text of a whole binary payload is what JSON members receive", () => {
  const bytes = new Uint8Array(1000).map((_, i) => i * 7);
  const command = publish(
    `{"type":"sendToGroup","group":"g","dataType":"binary","data":"${toBase64(bytes)}"}`,
  );
  assert.deepEqual(command.payload, { kind: "binary", bytes });
});
