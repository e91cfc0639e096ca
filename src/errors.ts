/**
 * The vocabulary of failure: names and texts of REST errors and of ack errors. Why connections end: `ends.ts`.
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

/** A caught value as fields of a log line: what it says, and where it comes from. */
export function errorFields(caught: unknown): { error: string; stack: string | undefined } {
  return { error: String(caught), stack: caught instanceof Error ? caught.stack : undefined };
}

/** What a caught value says, for a sentence of ours; the log gets `errorFields`, with the stack. */
export function messageOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}
