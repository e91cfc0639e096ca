/**
 * The protobuf subprotocols on the client's side: a protocol object for `WebPubSubClient`, and the two messages with
 * all their fields for tests that go beyond what the client can say.
 *
 * It shares nothing with the server's codec: another library, which reads the .proto file at run time. So each checks
 * the other, and both check the file.
 */
import type {
  SendEventMessage,
  SendToGroupMessage,
  WebPubSubClientProtocol,
  WebPubSubMessage,
} from "@azure/web-pubsub-client";
import protobuf from "protobufjs";

/** A `google.protobuf.Any` as the client's users see it. */
export interface AnyFields {
  readonly type_url: string;
  readonly value: Uint8Array;
}

/** `MessageData`: one of its members. */
export interface DataFields {
  readonly textData?: string;
  readonly binaryData?: Uint8Array;
  readonly protobufData?: { readonly type_url?: string; readonly value?: Uint8Array };
  readonly jsonData?: string;
}

/** Numbers of 64 bits in decimal: protobufjs has no bigint. */
export type Id = string;

/** A request with fields by their names in the .proto file, in camel case. */
export interface UpstreamFields {
  readonly sendToGroupMessage?: {
    readonly group?: string;
    readonly ackId?: Id | undefined;
    readonly data?: DataFields | undefined;
    readonly noEcho?: boolean | undefined;
    readonly ttlSeconds?: number | undefined;
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    readonly stream?: { readonly streamId: string };
  };
  readonly eventMessage?: {
    readonly event?: string;
    readonly ackId?: Id | undefined;
    readonly data?: DataFields | undefined;
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    readonly stream?: { readonly streamId: string };
  };
  readonly joinGroupMessage?: { readonly group?: string; readonly ackId?: Id | undefined };
  readonly leaveGroupMessage?: { readonly group?: string; readonly ackId?: Id | undefined };
  readonly sequenceAckMessage?: { readonly sequenceId?: Id };
  readonly pingMessage?: Readonly<Record<string, never>>;
  /** Any other member: features that the server may not have. */
  readonly [member: string]: object | undefined;
}

/** What the server sent. Fields that are not on the wire are absent. */
export interface DownstreamFields {
  /** Name of the member that is set. */
  readonly message?: string;
  readonly ackMessage?: {
    readonly ackId?: Id;
    readonly success?: boolean;
    readonly error?: { readonly name?: string; readonly message?: string };
  };
  readonly dataMessage?: {
    readonly from?: string;
    readonly group?: string;
    readonly data?: DataFields;
    readonly sequenceId?: Id;
    readonly metadata?: Readonly<Record<string, string>>;
  };
  readonly systemMessage?: {
    readonly connectedMessage?: {
      readonly connectionId?: string;
      readonly userId?: string;
      readonly reconnectionToken?: string;
    };
    readonly disconnectedMessage?: { readonly reason?: string };
  };
  readonly pongMessage?: Readonly<Record<string, never>>;
}

/** The messages as the .proto file declares them. */
export const schema: protobuf.Root = loadSchema();
const upstreamType = schema.lookupType("azure.webpubsub.UpstreamMessage");
const downstreamType = schema.lookupType("azure.webpubsub.DownstreamMessage");
const anyType = schema.lookupType("google.protobuf.Any");

function loadSchema(): protobuf.Root {
  const source = Deno.readTextFileSync(
    new URL("../../src/protocol/webpubsub.proto", import.meta.url),
  );
  const any = protobuf.common.get("google/protobuf/any.proto");
  if (any?.nested === undefined) throw new Error("Cannot load google/protobuf/any.proto");
  const root = new protobuf.Root();
  root.addJSON(any.nested);
  protobuf.parse(source, root);
  root.resolveAll();
  return root;
}

/** Writes a request. */
export function encodeUpstream(fields: UpstreamFields): Uint8Array {
  // A plain copy: the library hands out a Buffer on shared memory.
  return new Uint8Array(upstreamType.encode(upstreamType.fromObject(fields)).finish());
}

/** Reads what the server sent. */
export function decodeDownstream(bytes: Uint8Array): DownstreamFields {
  const options = { longs: String, oneofs: true };
  return downstreamType.toObject(downstreamType.decode(bytes), options) as DownstreamFields;
}

/** Reads a serialised Any; empty fields are absent. */
export function parseAny(bytes: Uint8Array): Partial<AnyFields> {
  return anyType.toObject(anyType.decode(bytes)) as Partial<AnyFields>;
}

/** Serialises an Any. */
export function serialiseAny(any: Partial<AnyFields>): Uint8Array {
  return new Uint8Array(anyType.encode(anyType.fromObject(any)).finish());
}

/** `protobuf.webpubsub.azure.v1` for `new WebPubSubClient(..., { protocol })`. */
export function protobufProtocol(): WebPubSubClientProtocol {
  return protocol("protobuf.webpubsub.azure.v1", false);
}

/** `protobuf.reliable.webpubsub.azure.v1` for `new WebPubSubClient(..., { protocol })`. */
export function protobufReliableProtocol(): WebPubSubClientProtocol {
  return protocol("protobuf.reliable.webpubsub.azure.v1", true);
}

function protocol(name: string, isReliableSubProtocol: boolean): WebPubSubClientProtocol {
  return { name, isReliableSubProtocol, parseMessages, writeMessage };
}

function parseMessages(input: string | ArrayBuffer | Uint8Array): WebPubSubMessage | null {
  if (typeof input === "string") throw new TypeError("Cannot read a text frame as protobuf");
  const fields = decodeDownstream(input instanceof Uint8Array ? input : new Uint8Array(input));
  if (fields.pongMessage !== undefined) return { kind: "pong" };
  if (fields.ackMessage !== undefined) {
    const { ackId = "0", success = false, error } = fields.ackMessage;
    const ack = { kind: "ack" as const, ackId: Number(ackId), success };
    if (error === undefined) return ack;
    return { ...ack, error: { name: error.name ?? "", message: error.message ?? "" } };
  }
  if (fields.systemMessage !== undefined) return systemMessage(fields.systemMessage);
  return fields.dataMessage === undefined ? null : dataMessage(fields.dataMessage);
}

function systemMessage(
  fields: NonNullable<DownstreamFields["systemMessage"]>,
): WebPubSubMessage | null {
  const { connectedMessage: connected, disconnectedMessage: disconnected } = fields;
  if (connected !== undefined) {
    return {
      kind: "connected",
      connectionId: connected.connectionId ?? "",
      userId: connected.userId ?? "",
      reconnectionToken: connected.reconnectionToken ?? "",
    };
  }
  if (disconnected === undefined) return null;
  return { kind: "disconnected", message: disconnected.reason ?? "" };
}

function dataMessage(
  fields: NonNullable<DownstreamFields["dataMessage"]>,
): WebPubSubMessage | null {
  const content = contentOf(fields.data ?? {});
  if (content === undefined) return null;
  const common = {
    ...content,
    ...(fields.sequenceId === undefined ? {} : { sequenceId: Number(fields.sequenceId) }),
    // Not in the client's types, handed on all the same, as its JSON protocols do.
    ...(fields.metadata === undefined ? {} : { metadata: fields.metadata }),
  };
  if (fields.from === "server") return { kind: "serverData", ...common };
  if (fields.from !== "group") return null;
  return { kind: "groupData", group: fields.group ?? "", fromUserId: "", ...common };
}

type Content = Pick<SendEventMessage, "dataType" | "data">;

function contentOf(data: DataFields): Content | undefined {
  if (data.textData !== undefined) return { dataType: "text", data: data.textData };
  if (data.jsonData !== undefined) return { dataType: "json", data: JSON.parse(data.jsonData) };
  if (data.binaryData !== undefined) {
    return { dataType: "binary", data: new Uint8Array(data.binaryData).buffer };
  }
  if (data.protobufData === undefined) return undefined;
  const { type_url = "", value = new Uint8Array() } = data.protobufData;
  return { dataType: "protobuf", data: { type_url, value: new Uint8Array(value) } };
}

function writeMessage(message: WebPubSubMessage): ArrayBuffer {
  return new Uint8Array(encodeUpstream(upstreamFields(message))).buffer;
}

function upstreamFields(message: WebPubSubMessage): UpstreamFields {
  switch (message.kind) {
    case "joinGroup":
      return { joinGroupMessage: { group: message.group, ackId: idOf(message.ackId) } };
    case "leaveGroup":
      return { leaveGroupMessage: { group: message.group, ackId: idOf(message.ackId) } };
    case "sendToGroup":
      return {
        sendToGroupMessage: {
          group: message.group,
          ackId: idOf(message.ackId),
          data: dataFields(message),
          noEcho: message.noEcho,
          ...(message.stream === undefined ? {} : { stream: message.stream }),
        },
      };
    case "sendEvent":
      return {
        eventMessage: {
          event: message.event,
          ackId: idOf(message.ackId),
          data: dataFields(message),
        },
      };
    case "sequenceAck":
      return { sequenceAckMessage: { sequenceId: String(message.sequenceId) } };
    case "ping":
      return { pingMessage: {} };
    default:
      throw new TypeError(`Cannot write "${message.kind}": it is not supported`);
  }
}

function idOf(ackId: number | undefined): Id | undefined {
  return ackId === undefined ? undefined : String(ackId);
}

function dataFields({ dataType, data }: Content | SendToGroupMessage): DataFields | undefined {
  switch (dataType) {
    case undefined:
      return undefined;
    case "text":
      if (typeof data !== "string") throw new TypeError("Cannot write text data: no string");
      return { textData: data };
    case "json":
      return { jsonData: JSON.stringify(data) };
    case "binary":
      if (!(data instanceof ArrayBuffer)) {
        throw new TypeError("Cannot write binary data: no ArrayBuffer");
      }
      return { binaryData: new Uint8Array(data) };
    default:
      return { protobufData: anyFields(data) };
  }
}

/** Takes an Any with its two fields or serialised. */
function anyFields(data: unknown): AnyFields {
  if (data instanceof ArrayBuffer) {
    const { type_url = "", value = new Uint8Array() } = anyType.toObject(
      anyType.decode(new Uint8Array(data)),
    );
    return { type_url, value };
  }
  if (typeof data === "object" && data !== null && "type_url" in data && "value" in data) {
    const { type_url, value } = data;
    if (typeof type_url === "string" && value instanceof Uint8Array) return { type_url, value };
  }
  throw new TypeError("Cannot write protobuf data: no google.protobuf.Any");
}
