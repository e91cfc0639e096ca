/** The shape of a conformance case: what a client sends after the handshake, and what a server has to make of it. */

/** What a server takes from the bytes, in order. */
export type Taken =
  /** A whole message; an echoing server sends it back. */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "binary"; readonly bytes: Uint8Array }
  /** To be answered by a pong with these bytes. */
  | { readonly type: "ping"; readonly bytes: Uint8Array }
  /** Not to be answered. */
  | { readonly type: "pong"; readonly bytes: Uint8Array };

/** How the connection is afterwards. */
export type End =
  /** Usable: a ping would be answered. */
  | { readonly type: "open" }
  /** The client closed: the server answers with the same code, or without one, and reports the reason. */
  | { readonly type: "closed"; readonly code: number | undefined; readonly reason: string }
  /** The client broke a rule: the server closes with this code, or drops the connection. */
  | { readonly type: "failed"; readonly code: 1002 | 1007 | 1009 };

/** The groups of the Autobahn suite, and masking. */
export type Category =
  | "framing"
  | "masking"
  | "pings and pongs"
  | "reserved bits"
  | "opcodes"
  | "fragmentation"
  | "UTF-8"
  | "closing"
  | "limits";

/** One case. A server must come to the same end however the bytes are cut on their way. */
export interface Case {
  /** Unique. */
  readonly name: string;
  readonly category: Category;
  /** One write each, in order. Not to be changed: a parser that unmasks in place gets copies. */
  readonly chunks: readonly Uint8Array[];
  readonly taken: readonly Taken[];
  readonly end: End;
}

/** A text message. */
export function text(value: string): Taken {
  return { type: "text", text: value };
}

/** A binary message. */
export function binary(bytes: Uint8Array): Taken {
  return { type: "binary", bytes };
}

/** A ping. */
export function ping(bytes: Uint8Array = new Uint8Array()): Taken {
  return { type: "ping", bytes };
}

/** A pong. */
export function pong(bytes: Uint8Array = new Uint8Array()): Taken {
  return { type: "pong", bytes };
}

/** The connection goes on. */
export const OPEN: End = { type: "open" };

/** The client closed. */
export function closed(code: number | undefined, reason = ""): End {
  return { type: "closed", code, reason };
}

/** The client is refused. */
export function failed(code: 1002 | 1007 | 1009): End {
  return { type: "failed", code };
}
