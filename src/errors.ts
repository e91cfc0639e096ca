/**
 * The vocabulary of failure: names of REST errors, of ack errors, and why a connection ends. Logs, metrics, the
 * `disconnected` event and the close frame all read these tables, so that they can never disagree.
 */

/** Why a client's request failed, by the service's names. */
export interface AckError {
  readonly name: "Duplicate" | "Forbidden" | "InternalServerError" | "BadRequest";
  readonly message: string;
}

/** Codes of REST errors, as in the header `x-ms-error-code` and the body's `code`. */
export type RestErrorCode =
  | "Error.BadRequest"
  | "Error.Forbidden"
  | "Error.Connection.NotExisted"
  | "Error.Connection.Conflict"
  | "Error.UnsupportedMediaType"
  | "Error.InternalServerError"
  | "Error.NotImplemented"
  | "Error.RequestTimeout"
  | "Error.ServiceUnavailable"
  | "Error.TooManyRequests"
  | "Warning.Connection.NotExisted"
  | "Warning.Group.NotExisted"
  | "Warning.User.NotExisted"
  | "Info.Connection.NotExisted";

/** HTTP status of each code. */
export const REST_STATUS: Readonly<Record<RestErrorCode, number>> = {
  "Error.BadRequest": 400,
  "Error.Forbidden": 403,
  "Error.Connection.NotExisted": 404,
  "Error.Connection.Conflict": 409,
  "Error.UnsupportedMediaType": 415,
  "Error.InternalServerError": 500,
  "Error.NotImplemented": 501,
  "Error.RequestTimeout": 408,
  "Error.ServiceUnavailable": 503,
  "Error.TooManyRequests": 429,
  "Warning.Connection.NotExisted": 404,
  "Warning.Group.NotExisted": 404,
  "Warning.User.NotExisted": 404,
  "Info.Connection.NotExisted": 404,
};

/**
 * Which of the service's three bodies a refusal has. Recordings of the service show them: `plain` comes from its own
 * code; the other two from its web framework, which judges parameters and bodies before that code runs, and writes one
 * or the other media type.
 */
export type RestErrorForm = "plain" | "parameter" | "problem";

/** A refused REST call: thrown by a step of the pipeline, turned into the service's body in one place. */
export class RestError extends Error {
  override readonly name = "RestError";
  readonly code: RestErrorCode;
  /** The parameter or the part of the request that is to blame. */
  readonly target: string;
  readonly form: RestErrorForm;

  constructor(
    code: RestErrorCode,
    message: string,
    target: string,
    form: RestErrorForm = "plain",
  ) {
    super(message);
    this.code = code;
    this.target = target;
    this.form = form;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return REST_STATUS[this.code];
  }
}

/** A 400 that blames `target`. */
export function badRequest(message: string, target: string): RestError {
  return new RestError("Error.BadRequest", message, target);
}

/** A 400 for the value of the query parameter `name`. */
export function badParameter(message: string, name: string): RestError {
  return new RestError("Error.BadRequest", message, name, "parameter");
}

/** A 400 for a filter, or for a property of a body: `name` as the service spells it there. */
export function badProperty(message: string, name: string): RestError {
  return new RestError("Error.BadRequest", message, name, "problem");
}

/** What is said of a group name that must be there and is not, or is none (recorded). */
export const INVALID_GROUP_NAME =
  "Invalid group name. Valid group name should be in between 1 and 1024 characters long.";

/** The ack of a request whose `ackId` succeeded before. */
export function duplicateAck(ackId: bigint): AckError {
  return { name: "Duplicate", message: `Message with ack-id: ${ackId} has been processed` };
}

/** The ack of a request that the client's roles and grants do not allow. */
export function forbiddenAck(action: "join" | "leave" | "send to", group: string): AckError {
  return {
    name: "Forbidden",
    message: `The client does not have permission to ${action} group '${group}'.`,
  };
}

/** The ack of a request that cannot be carried out as it is. */
export function badRequestAck(message: string): AckError {
  return { name: "BadRequest", message };
}

/** The ack of an event that no handler took or that its handler failed. Never says more. */
export const INTERNAL_ACK_ERROR: AckError = {
  name: "InternalServerError",
  message: "Internal server error",
};

/** Why the server ends a connection. */
export type CloseReason =
  | "applicationClosed"
  | "serverShutdown"
  | "takenOver"
  | "framingViolated"
  | "wrongFrameKind"
  | "malformedFrame"
  | "recoveryRefused"
  | "rawSendForbidden"
  | "replayBufferFull"
  | "slowConsumer"
  | "tooManyWaitingFrames"
  | "messageTooLarge"
  | "rawEventFailed"
  | "internalError";

/** What a close reason means on the wire. */
export interface CloseRule {
  /** WebSocket close code. */
  readonly code: number;
  /** Close reason text; a malformed frame brings its own. For humans: clients must not compare it. */
  readonly text: string;
  /** Whether subprotocol clients get a `disconnected` message first. */
  readonly announced: boolean;
}

/** The close codes of the service, section by section in its client specification. */
export const CLOSE_RULES: Readonly<Record<CloseReason, CloseRule>> = {
  applicationClosed: { code: 1000, text: "", announced: true },
  serverShutdown: { code: 1001, text: "The service is shutting down.", announced: true },
  takenOver: { code: 1001, text: "The connection was recovered elsewhere.", announced: false },
  framingViolated: { code: 1002, text: "The client frame is invalid.", announced: false },
  wrongFrameKind: {
    code: 1003,
    text: "The subprotocol requires binary messages.",
    announced: false,
  },
  malformedFrame: { code: 1007, text: "The client message is not valid.", announced: false },
  recoveryRefused: { code: 1008, text: "The connection could not be recovered.", announced: false },
  rawSendForbidden: {
    code: 1008,
    text: "The connection is not authorized for raw sendToGroup mode.",
    announced: false,
  },
  replayBufferFull: { code: 1008, text: "The reliable message buffer is full.", announced: false },
  slowConsumer: { code: 1008, text: "The outbound message queue is full.", announced: false },
  tooManyWaitingFrames: {
    code: 1008,
    text: "Too many client messages are waiting.",
    announced: false,
  },
  messageTooLarge: { code: 1009, text: "The client message is too large.", announced: false },
  rawEventFailed: { code: 1011, text: "Internal server error", announced: false },
  internalError: { code: 1011, text: "Internal server error", announced: false },
};

/** A caught value as fields of a log line: what it says, and where it comes from. */
export function errorFields(caught: unknown): { error: string; stack: string | undefined } {
  return { error: String(caught), stack: caught instanceof Error ? caught.stack : undefined };
}
