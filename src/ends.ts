/**
 * How connections end, in one table. Close frames, the `disconnected` message and event, logs, metrics and the trace all
 * read it, so that they can never disagree. The name of a row is its word in the log and its label in metrics.
 *
 * Rules: the close codes of the service's client specification, and the dimension `ConnectionCloseCategory` of its
 * metric `ConnectionCloseCount` (learn.microsoft.com, "Metrics in Azure Web PubSub Service").
 */

/** The service's categories that we use, in its spelling. */
export type CloseCategory =
  | "Normal"
  | "Throttled"
  | "SendEventFailed"
  | "EventHandlerNotFound"
  | "SlowClient"
  | "ServiceTransientError"
  | "BadRequest"
  | "ServiceReload"
  | "Unauthorized";

/** Why a connection ends, or loses the socket that it had. */
export type End =
  | "clientClosed"
  | "clientLeft"
  | "cut"
  | "recoveryExpired"
  | "applicationClosed"
  | "serverShutdown"
  | "framingViolated"
  | "wrongFrameKind"
  | "malformedFrame"
  | "messageTooLarge"
  | "tooManyWaitingFrames"
  | "recoveryRefused"
  | "rawSendForbidden"
  | "rawEventUnhandled"
  | "rawEventFailed"
  | "replayBufferFull"
  | "slowConsumer"
  | "internalError";

/** What an end means. Texts are for humans: clients must not compare them. */
export interface EndRule {
  /** Code of the WebSocket close frame; 0: none is sent, because the socket is gone or the client closes it. */
  readonly code: number;
  /** What the `disconnected` event tells, and the close frame, unless somebody's own words stand in its place. */
  readonly text: string;
  /** What the close frame says where that differs. */
  readonly frameText?: string;
  /** Whether clients of a subprotocol get a `disconnected` message before the close frame. */
  readonly announced: boolean;
  /** Whether what the client has sent before is still carried out. */
  readonly finishes: boolean;
  /** Whether a reliable client may come back: it is away then, and has not ended. */
  readonly mayReturn: boolean;
  readonly category: CloseCategory;
  /** How much the operator wants to know of it. */
  readonly level: "debug" | "warn" | "error";
}

const UNEXPECTED = "The client disconnected unexpectedly.";

/** The client, or the network, ends the socket. */
const BY_CLIENT = {
  code: 0,
  announced: false,
  finishes: false,
  mayReturn: false,
  category: "Normal",
  level: "debug",
} as const;

/** The server ends the connection at once and for good. */
const BY_SERVER = {
  announced: false,
  finishes: false,
  mayReturn: false,
  level: "debug",
} as const;

/** Every end. */
export const ENDS: Readonly<Record<End, EndRule>> = {
  clientClosed: { ...BY_CLIENT, text: "", finishes: true },
  // Any code but 1000, or none: the official clients close so when they miss the server, and then come back.
  clientLeft: { ...BY_CLIENT, text: UNEXPECTED, finishes: true, mayReturn: true },
  cut: { ...BY_CLIENT, text: UNEXPECTED, mayReturn: true },
  recoveryExpired: { ...BY_CLIENT, text: "The connection recovery timeout expired." },
  applicationClosed: {
    ...BY_SERVER,
    code: 1000,
    text: "Application server closed the connection.",
    frameText: "",
    announced: true,
    category: "Normal",
  },
  serverShutdown: {
    ...BY_SERVER,
    code: 1001,
    text: "The service is shutting down.",
    announced: true,
    category: "ServiceReload",
  },
  framingViolated: {
    ...BY_SERVER,
    code: 1002,
    text: "The client frame is invalid.",
    category: "BadRequest",
  },
  wrongFrameKind: {
    ...BY_SERVER,
    code: 1003,
    text: "The subprotocol requires binary messages.",
    category: "BadRequest",
  },
  malformedFrame: {
    ...BY_SERVER,
    code: 1007,
    text: "The client message is not valid.",
    category: "BadRequest",
  },
  messageTooLarge: {
    ...BY_SERVER,
    code: 1009,
    text: "The client message is too large.",
    category: "BadRequest",
  },
  tooManyWaitingFrames: {
    ...BY_SERVER,
    code: 1008,
    text: "Too many client messages are waiting.",
    category: "Throttled",
  },
  // Nothing ends but the socket that asked: the connection that it named is not touched.
  recoveryRefused: {
    ...BY_SERVER,
    code: 1008,
    text: "The connection could not be recovered.",
    category: "Unauthorized",
  },
  rawSendForbidden: {
    ...BY_SERVER,
    code: 1008,
    text: "The connection is not authorized for raw sendToGroup mode.",
    category: "Unauthorized",
  },
  rawEventUnhandled: {
    ...BY_SERVER,
    code: 1011,
    text: "Internal server error",
    category: "EventHandlerNotFound",
  },
  rawEventFailed: {
    ...BY_SERVER,
    code: 1011,
    text: "Internal server error",
    category: "SendEventFailed",
  },
  replayBufferFull: {
    ...BY_SERVER,
    code: 1008,
    text: "The reliable message buffer is full.",
    category: "SlowClient",
  },
  // What a reliable client has not acknowledged is kept: it may come back and take it at its own pace.
  slowConsumer: {
    ...BY_SERVER,
    code: 1008,
    text: "The outbound message queue is full.",
    mayReturn: true,
    category: "SlowClient",
    level: "warn",
  },
  internalError: {
    ...BY_SERVER,
    code: 1011,
    text: "Internal server error",
    category: "ServiceTransientError",
    level: "error",
  },
};

/** The names of all ends. */
export const END_NAMES = Object.keys(ENDS) as readonly End[];
