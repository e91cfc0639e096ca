// The delivery matrix: what each kind of receiver gets of what each kind of sender sent, frame by frame.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import {
  type DataFields,
  decodeDownstream,
  encodeUpstream,
  serialiseAny,
} from "../support/protobuf_client_codec.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

const JSON_NAME = "json.webpubsub.azure.v1";
const PROTOBUF_NAME = "protobuf.webpubsub.azure.v1";
const RECEIVERS: readonly (readonly [name: string, protocol: string | undefined])[] = [
  ["simple", undefined],
  ["JSON", JSON_NAME],
  ["reliable JSON", "json.reliable.webpubsub.azure.v1"],
  ["protobuf", PROTOBUF_NAME],
  ["reliable protobuf", "protobuf.reliable.webpubsub.azure.v1"],
];

const TEXT = 'a "quoted" \u0000 line\n and \u{1f600}';
const JSON_TEXT = '{"b":1.10,"a":[null,12345678901234567890]}';
const BYTES = Uint8Array.of(0, 1, 127, 128, 255);
const ANY = { type_url: "type.example/lab.Sample", value: Uint8Array.of(8, 150, 1) };
const ANY_BYTES = serialiseAny(ANY);

/** One payload, as each kind of receiver sees it. */
interface Content {
  readonly simple: string | Uint8Array;
  /** The members `dataType` and `data` of a JSON frame. */
  readonly json: string;
  readonly protobuf: DataFields;
}

const text = (value: string): Content => ({
  simple: value,
  json: `"dataType":"text","data":${JSON.stringify(value)}`,
  protobuf: { textData: value },
});
const json = (source: string): Content => ({
  simple: source,
  json: `"dataType":"json","data":${source}`,
  protobuf: { jsonData: source },
});
const binary = (bytes: Uint8Array): Content => ({
  simple: bytes,
  json: `"dataType":"binary","data":"${base64(bytes)}"`,
  protobuf: { binaryData: bytes },
});
const any: Content = {
  simple: ANY_BYTES,
  json: `"dataType":"protobuf","data":"${base64(ANY_BYTES)}"`,
  protobuf: { protobufData: ANY },
};

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** What is around the content. */
interface Envelope {
  readonly group: string | undefined;
  readonly fromUserId: string | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A receiver and the number that its next message carries. */
class Receiver {
  #sequenceId = 0;

  constructor(
    readonly name: string,
    readonly protocol: string | undefined,
    readonly client: RawClient,
  ) {}

  /** Takes the next frame and compares it whole. */
  async expect(content: Content, { group, fromUserId, metadata }: Envelope): Promise<void> {
    const received = await this.client.next();
    const reliable = this.protocol?.includes(".reliable.") ?? false;
    const sequenceId = reliable ? ++this.#sequenceId : undefined;
    if (this.protocol === undefined) {
      const { simple } = content;
      const wanted = typeof simple === "string"
        ? { kind: "text", text: simple }
        : { kind: "binary", bytes: simple };
      assert.deepEqual(received, wanted, this.name);
    } else if (this.protocol.startsWith("json")) {
      const members = [
        '"type":"message"',
        group === undefined ? '"from":"server"' : `"from":"group","group":"${group}"`,
        fromUserId !== undefined && `"fromUserId":"${fromUserId}"`,
        content.json,
        metadata !== undefined && `"metadata":${JSON.stringify(metadata)}`,
        sequenceId !== undefined && `"sequenceId":${sequenceId}`,
      ];
      const wanted = { kind: "text", text: `{${members.filter(Boolean).join(",")}}` };
      assert.deepEqual(received, wanted, this.name);
    } else {
      assert.equal(received.kind, "binary", this.name);
      if (received.kind !== "binary") return;
      const [member] = Object.keys(content.protobuf);
      // Buffers of the library become plain bytes by way of a clone.
      assert.deepEqual(plain(decodeDownstream(received.bytes)), {
        message: "dataMessage",
        dataMessage: {
          from: group === undefined ? "server" : "group",
          ...(group !== undefined && { group }),
          data: { ...content.protobuf, data: member },
          ...(sequenceId !== undefined && { sequenceId: String(sequenceId) }),
          ...(metadata !== undefined && { metadata }),
        },
      }, this.name);
    }
  }
}

/** Drops presence markers of optional fields and makes plain bytes of buffers. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !key.startsWith("_")).map((
      [key, member],
    ) => [key, plain(member)]),
  );
}

async function openAll(server: HubbubServer, claims: object): Promise<Receiver[]> {
  const receivers: Receiver[] = [];
  for (const [name, protocol] of RECEIVERS) {
    const client = await RawClient.open(
      clientUrl(server, "chat", { ...claims }),
      protocol === undefined ? {} : { protocols: [protocol] },
    );
    if (protocol !== undefined) await client.next(); // connected
    receivers.push(new Receiver(name, protocol, client));
  }
  return receivers;
}

interface Senders {
  readonly server: HubbubServer;
  readonly simple: RawClient;
  readonly json: RawClient;
  readonly protobuf: RawClient;
}

interface Row {
  readonly name: string;
  readonly content: Content;
  send(senders: Senders): void | Promise<unknown>;
  readonly envelope: Envelope;
}

const FROM_CLIENT: Envelope = { group: "g", fromUserId: "ann" };
const FROM_REST: Envelope = { group: "g", fromUserId: undefined };

function restRow(type: string, body: string | Uint8Array<ArrayBuffer>, content: Content): Row {
  return {
    name: `REST ${type} ${body.length}`,
    content,
    send: ({ server }) =>
      rest(server, "POST", "/api/hubs/chat/groups/g/:send", {
        headers: { "content-type": type },
        body,
      }),
    envelope: FROM_REST,
  };
}

function jsonRow(dataType: string, data: string, content: Content, more = ""): Row {
  const type = `"type":"sendToGroup","group":"g","dataType":"${dataType}"`;
  return {
    name: `JSON client ${dataType} ${data}`,
    content,
    send: ({ json }) => json.send(`{${type},"data":${data}${more}}`),
    envelope: FROM_CLIENT,
  };
}

function protobufRow(data: DataFields, content: Content): Row {
  return {
    name: `protobuf client ${Object.keys(data)}`,
    content,
    send: ({ protobuf }) =>
      protobuf.send(encodeUpstream({ sendToGroupMessage: { group: "g", data } })),
    envelope: FROM_CLIENT,
  };
}

const METADATA = { Trace: "a1", n: "" };

const GROUP_ROWS: readonly Row[] = [
  restRow("text/plain", TEXT, text(TEXT)),
  restRow("text/plain", "", text("")),
  restRow("application/json", JSON_TEXT, json(JSON_TEXT)),
  restRow("application/json", '"Hello"', json('"Hello"')),
  restRow("application/octet-stream", BYTES, binary(BYTES)),
  restRow("application/octet-stream", new Uint8Array(), binary(new Uint8Array())),
  {
    name: "simple client, text frame",
    content: text(TEXT),
    send: ({ simple }) => simple.send(TEXT),
    envelope: FROM_CLIENT,
  },
  {
    name: "simple client, binary frame",
    content: binary(BYTES),
    send: ({ simple }) => simple.send(BYTES),
    envelope: FROM_CLIENT,
  },
  jsonRow("text", JSON.stringify(TEXT), text(TEXT)),
  jsonRow("text", '""', text("")),
  jsonRow("json", JSON_TEXT, json(JSON_TEXT)),
  jsonRow("json", '"Hello"', json('"Hello"')),
  jsonRow("binary", `"${base64(BYTES)}"`, binary(BYTES)),
  jsonRow("binary", '""', binary(new Uint8Array())),
  jsonRow("protobuf", `"${base64(ANY_BYTES)}"`, any),
  {
    ...jsonRow(
      "text",
      '"with metadata"',
      text("with metadata"),
      ',"metadata":{"Trace":"a1","n":""}',
    ),
    envelope: { ...FROM_CLIENT, metadata: METADATA },
  },
  protobufRow({ textData: TEXT }, text(TEXT)),
  protobufRow({ textData: "" }, text("")),
  protobufRow({ jsonData: JSON_TEXT }, json(JSON_TEXT)),
  protobufRow({ binaryData: BYTES }, binary(BYTES)),
  protobufRow({ binaryData: new Uint8Array() }, binary(new Uint8Array())),
  protobufRow({ protobufData: ANY }, any),
];

async function openSender(server: HubbubServer, protocol: string): Promise<RawClient> {
  const claims = { sub: "ann", role: ["webpubsub.sendToGroup.g"] };
  const client = await RawClient.open(clientUrl(server, "chat", claims), { protocols: [protocol] });
  await client.next(); // connected
  return client;
}

Deno.test("delivery: every sender and payload of a group, to every kind of receiver", async (t) => {
  await using server = await startServer(QUIET);
  const receivers = await openAll(server, { "webpubsub.group": ["g"] });
  const mode = "&webpubsub_mode=sendToGroup&group=g";
  const claims = { sub: "ann", role: ["webpubsub.sendToGroup.g"] };
  const senders: Senders = {
    server,
    simple: await RawClient.open(clientUrl(server, "chat", claims, mode)),
    json: await openSender(server, JSON_NAME),
    protobuf: await openSender(server, PROTOBUF_NAME),
  };
  for (const { name, content, send, envelope } of GROUP_ROWS) {
    await t.step(name, async () => {
      await send(senders);
      for (const receiver of receivers) await receiver.expect(content, envelope);
    });
  }
  for (const { client } of receivers) client.drop();
  for (const client of [senders.simple, senders.json, senders.protobuf]) client.drop();
});

for (const [what, path] of [["hub", ""], ["user", "/users/bob"]] as const) {
  Deno.test(`delivery: REST to a ${what} comes from the server, to every kind of receiver`, async () => {
    await using server = await startServer(QUIET);
    const receivers = await openAll(server, { sub: "bob", "webpubsub.group": ["g"] });
    const bodies = [["text/plain", TEXT, text(TEXT)], [
      "application/json",
      JSON_TEXT,
      json(JSON_TEXT),
    ], ["application/octet-stream", BYTES, binary(BYTES)]] as const;
    for (const [type, body, content] of bodies) {
      const headers = { "content-type": type, "X-WebPubSub-Metadata-Trace": "a1" };
      const { status } = await rest(server, "POST", `/api/hubs/chat${path}/:send`, {
        headers,
        body,
      });
      assert.equal(status, 202);
      const metadata = { trace: "a1" };
      for (const receiver of receivers) {
        await receiver.expect(content, { group: undefined, fromUserId: undefined, metadata });
      }
    }
    for (const { client } of receivers) client.drop();
  });
}

const METADATA_HEADER = { "X-WebPubSub-Metadata-Trace": "a1" };

/** What a handler answers, and what comes of it; `undefined`: nothing. */
const REPLIES: readonly [string, () => Response, Content | undefined, Envelope["metadata"]?][] = [
  ["text/plain", () => reply("text/plain", TEXT), text(TEXT)],
  ["application/json", () => reply("application/json", JSON_TEXT), json(JSON_TEXT)],
  ["octet-stream", () => reply("application/octet-stream", BYTES), binary(BYTES)],
  ["x-protobuf", () => reply("application/x-protobuf", ANY_BYTES), any],
  ["no Content-Type", () => new Response(new Uint8Array(BYTES)), binary(BYTES)],
  [
    "empty with metadata",
    () => new Response(null, { headers: METADATA_HEADER }),
    text(""),
    { trace: "a1" },
  ],
  ["empty", () => new Response(null, { status: 200 }), undefined],
];

function reply(type: string, body: string | Uint8Array): Response {
  return new Response(typeof body === "string" ? body : new Uint8Array(body), {
    headers: { "content-type": type },
  });
}

Deno.test("delivery: what an event handler answers, to every kind of asker", async (t) => {
  await using stub = new UpstreamStub();
  await using server = await startServer({
    ...QUIET,
    hubs: {
      chat: { eventHandlers: [{ urlTemplate: `${stub.url}/e`, userEventPattern: "*" }] },
    },
  });
  const receivers = await openAll(server, { sub: "ann" });
  for (const [name, answer, content, metadata] of REPLIES) {
    await t.step(name, async () => {
      for (const receiver of receivers) {
        stub.script = answer;
        ask(receiver);
        const envelope = { group: undefined, fromUserId: undefined, ...(metadata && { metadata }) };
        if (content !== undefined) await receiver.expect(content, envelope);
        // Behind a reply that is nothing, the next one comes first.
        stub.script = () => reply("text/plain", "next");
        ask(receiver);
        const plainEnvelope = { group: undefined, fromUserId: undefined };
        await receiver.expect(text("next"), plainEnvelope);
      }
    });
  }
  for (const { client } of receivers) client.drop();
});

function ask({ client, protocol }: Receiver): void {
  if (protocol === undefined) client.send("q");
  else if (protocol.startsWith("json")) {
    client.send('{"type":"event","event":"ask","dataType":"text","data":"q"}');
  } else client.send(encodeUpstream({ eventMessage: { event: "ask", data: { textData: "q" } } }));
}
