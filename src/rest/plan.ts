/**
 * What a method and a target ask for, thought through once: applications call the same few targets over and over.
 */
import { BoundedCache } from "../bounded_cache.ts";
import { badRequest } from "../errors.ts";
import { MAX_PLANNED_TARGET_LENGTH, MAX_PLANS } from "../limits.ts";
import { hubKey, isGroupName, isHubName, isPresent } from "../names.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { isPermissionName } from "./permissions.ts";
import { Query } from "./query.ts";
import { type Match, type PathNames, Routes, splitPath } from "./route.ts";
import { isServedVersion } from "./versions.ts";

/** All that follows from the target alone. */
export interface Plan {
  readonly kind: "plan";
  readonly operation: Operation;
  /** Raw path as sent. */
  readonly path: string;
  readonly names: PathNames;
  /** The hub's name in lower case. */
  readonly hubName: string;
  readonly query: Query;
}

const ROUTES = new Routes(OPERATIONS);

/**
 * Finds the operation of a request; nothing else of it is judged yet.
 *
 * @throws RestError 400 when the path is no percent-encoded UTF-8
 */
export function planOf(method: string, target: string): Plan | Exclude<Match, { kind: "found" }> {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const match = ROUTES.match(method, splitPath(path));
  if (match.kind !== "found") return match;
  const { operation, names } = match;
  const hubName = hubKey(names.get("hub") ?? "");
  return {
    kind: "plan",
    operation,
    path,
    names,
    hubName,
    query: new Query(mark < 0 ? "" : target.slice(mark + 1)),
  };
}

/**
 * Judges what a known caller asks for: the version, the names in the path, the parameters of the operation.
 *
 * @throws RestError 400 for the first that is wrong
 */
export function checkPlan({ operation, names, query }: Plan): void {
  const versions = query.all("api-version");
  if (versions.length > 1 || !versions.every(isServedVersion)) {
    throw badRequest("The specified API version is not supported.", "api-version");
  }
  checkNames(names);
  operation.checkQuery?.(query);
}

function checkNames(names: PathNames): void {
  for (const [name, value] of names) {
    switch (name) {
      case "hub":
        if (!isHubName(value)) throw badRequest("Invalid hub name.", "hub");
        break;
      case "group":
        if (!isGroupName(value)) throw badRequest("Invalid group name.", "group");
        break;
      case "userId":
        if (!isPresent(value)) throw badRequest("Invalid user ID.", "userId");
        break;
      case "connectionId":
        if (!isPresent(value)) throw badRequest("Invalid connection ID.", "connectionId");
        break;
      case "permission":
        if (!isPermissionName(value)) throw badRequest("Invalid permission.", "permission");
    }
  }
}

/** The plans of recent calls, all of them found good. Only callers that showed a token get one in. */
export class Plans {
  readonly #recent = new BoundedCache<string, Plan>(MAX_PLANS);

  /** The plan of an earlier call like this one. */
  find(method: string, target: string): Plan | undefined {
    const plan = this.#recent.get(target);
    return plan?.operation.method === method ? plan : undefined;
  }

  /** Remembers a plan that passed {@link checkPlan}. */
  keep(target: string, plan: Plan): void {
    if (target.length <= MAX_PLANNED_TARGET_LENGTH) this.#recent.set(target, plan);
  }
}
