/**
 * Every end of a connection as clients, event handlers, the operator and monitoring see it. Plain data, walked by
 * `close_test.ts`.
 */
import type { CloseCategory, End } from "../../src/ends.ts";

/** One end. */
export interface EndCase {
  /** Code and reason of the close frame; none where the client ended the socket. */
  readonly frame: readonly [code: number, reason: string] | undefined;
  /** Message of the `disconnected` frame; only these ends have one. */
  readonly announced?: string;
  /** What the `disconnected` event tells. */
  readonly event: string;
  readonly category: CloseCategory;
  readonly level: "debug" | "warn" | "error";
  /** A reliable connection is away after it. */
  readonly mayReturn?: true;
}

const UNEXPECTED = "The client disconnected unexpectedly.";

/** Where frame and event say the same. */
function closed(
  code: number,
  text: string,
  category: CloseCategory,
  level: "debug" | "warn" | "error" = "debug",
): EndCase {
  return { frame: [code, text], event: text, category, level };
}

/** The table. */
export const END_CASES: Readonly<Record<End, EndCase>> = {
  clientClosed: { frame: undefined, event: "", category: "Normal", level: "debug" },
  clientLeft: {
    frame: undefined,
    event: UNEXPECTED,
    category: "Normal",
    level: "debug",
    mayReturn: true,
  },
  cut: { frame: undefined, event: UNEXPECTED, category: "Normal", level: "debug", mayReturn: true },
  recoveryExpired: {
    frame: undefined,
    event: "The connection recovery timeout expired.",
    category: "Normal",
    level: "debug",
  },
  applicationClosed: {
    frame: [1000, ""],
    announced: "Application server closed the connection.",
    event: "Application server closed the connection.",
    category: "Normal",
    level: "debug",
  },
  serverShutdown: {
    ...closed(1001, "The service is shutting down.", "ServiceReload"),
    announced: "The service is shutting down.",
  },
  framingViolated: closed(1002, "The client frame is invalid.", "BadRequest"),
  wrongFrameKind: closed(1003, "The subprotocol requires binary messages.", "BadRequest"),
  malformedFrame: closed(1007, "The client message is not valid.", "BadRequest"),
  messageTooLarge: closed(1009, "The client message is too large.", "BadRequest"),
  tooManyWaitingFrames: closed(1008, "Too many client messages are waiting.", "Throttled"),
  recoveryRefused: closed(1008, "The connection could not be recovered.", "Unauthorized"),
  rawSendForbidden: closed(
    1008,
    "The connection is not authorized for raw sendToGroup mode.",
    "Unauthorized",
  ),
  rawEventUnhandled: closed(1011, "Internal server error", "EventHandlerNotFound"),
  rawEventFailed: closed(1011, "Internal server error", "SendEventFailed"),
  replayBufferFull: closed(1008, "The reliable message buffer is full.", "SlowClient"),
  slowConsumer: {
    ...closed(1008, "The outbound message queue is full.", "SlowClient", "warn"),
    mayReturn: true,
  },
  internalError: closed(1011, "Internal server error", "ServiceTransientError", "error"),
};
