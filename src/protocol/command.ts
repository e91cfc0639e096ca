/**
 * What a client can ask for, in one form for all subprotocols. Codecs turn frames into these; the hub carries them out.
 */

/** The content of a message, in the four kinds of the service. */
export type Payload =
  /** A string. */
  | { readonly kind: "text"; readonly text: string }
  /** A JSON value as its source text, which is never re-serialised: numbers keep their digits, members their order. */
  | { readonly kind: "json"; readonly text: string }
  /** Bytes. */
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  /** A serialised `google.protobuf.Any`. */
  | { readonly kind: "protobuf"; readonly bytes: Uint8Array };

/** String pairs that travel with one message. Never empty: a message without metadata has `undefined`. */
export type Metadata = ReadonlyMap<string, string>;

/** A request of a client. `ackId` is an exact uint64; without it the client wants no ack. */
export type Command =
  | { readonly type: "joinGroup"; readonly group: string; readonly ackId: bigint | undefined }
  | { readonly type: "leaveGroup"; readonly group: string; readonly ackId: bigint | undefined }
  | {
    readonly type: "sendToGroup";
    readonly group: string;
    readonly payload: Payload;
    readonly metadata: Metadata | undefined;
    readonly noEcho: boolean;
    /** 0 = no limit, else 1-300. */
    readonly ttlSeconds: number;
    readonly ackId: bigint | undefined;
  }
  | {
    readonly type: "event";
    readonly event: string;
    readonly payload: Payload;
    readonly metadata: Metadata | undefined;
    readonly ackId: bigint | undefined;
  }
  | { readonly type: "sequenceAck"; readonly sequenceId: bigint }
  | { readonly type: "ping" }
  /** A frame that breaks the subprotocol: the client is closed with `code` when its turn comes. */
  | Malformed;

/** A frame that is no request. `reason` is the close reason that the client sees; `detail` is for the log only. */
export interface Malformed {
  readonly type: "malformed";
  /** 1003: the wrong kind of WebSocket frame; 1007: anything else. */
  readonly code: 1003 | 1007;
  readonly reason: string;
  readonly detail: string;
}

/** What a message with metadata and without data carries. */
export const EMPTY_TEXT: Payload = { kind: "text", text: "" };

/** One for all clients: it never differs. */
export const PING: Command = { type: "ping" };
