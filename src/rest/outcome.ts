/**
 * From the outcome of a verb to the answer of a call: one table for all operations.
 */
import { badRequest, RestError, type RestErrorCode } from "../errors.ts";
import type { Outcome } from "../hub/verb.ts";
import { MAX_LITERAL_RULES } from "../limits.ts";
import type { Answer } from "./operation.ts";
import type { RestServices } from "./services.ts";

/** What a call is about, in the words of its refusals. */
export interface Concern {
  /** The part of the request that is to blame. */
  readonly target: "Request" | "Connection" | "User" | "groups";
  /** What is said when there is no such connection or user; without it, that is a success too. */
  readonly absent?: { readonly code: RestErrorCode; readonly id: string };
}

/** Concern of the calls that are not about one connection or user. */
export const NO_CONCERN: Concern = { target: "Request" };

/**
 * The answer of a call whose verb may be settled already; if so, no promise is made: each turn of the loop costs.
 *
 * @throws RestError for a verb that was refused
 */
export function answerTo(
  outcome: Outcome | Promise<Outcome>,
  success: Answer,
  concern: Concern,
  services: Pick<RestServices, "groupBound">,
): Answer | Promise<Answer> {
  return whenKnown(outcome, (known) => judge(known, success, concern, services));
}

/** Goes on with a value, at once where it is there. */
export function whenKnown<In, Out>(
  value: In | Promise<In>,
  goOn: (value: In) => Out,
): Out | Promise<Out> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}

function judge(
  outcome: Outcome,
  success: Answer,
  { target, absent }: Concern,
  { groupBound }: Pick<RestServices, "groupBound">,
): Answer {
  switch (outcome) {
    case "done":
      return success;
    case "absent":
      if (absent === undefined) return success;
      throw new RestError(absent.code, `${target} \`${absent.id}\` is not found.`, target);
    case "conflict":
      throw new RestError(
        "Error.Connection.Conflict",
        `A connection holds at most ${MAX_LITERAL_RULES} group rules per permission.`,
        target,
      );
    case "tooMany":
      throw badRequest(groupBound.message, target);
    case "full":
      throw new RestError("Error.InternalServerError", "The hub has no room for a group.", target);
    case "behind":
      throw new RestError(
        "Error.ServiceUnavailable",
        "Receivers are behind with earlier messages. The message was not sent, try again later.",
        target,
      );
  }
}
