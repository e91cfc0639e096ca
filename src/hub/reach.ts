/**
 * The way from verbs and questions to the hubs of this node, and from there to other nodes where there are some. Alone, a
 * node answers at once unless somebody has to be waited for.
 */
import type { Filter, FilterResult } from "../filter/filter.ts";
import { REST_HOLD_MS } from "../limits.ts";
import { closeByApplication } from "./close.ts";
import type { Waiting } from "./congestion.ts";
import type { Hub } from "./hub.ts";
import type { Hubs } from "./hubs.ts";
import { addToGroups, listGroup, removeFromGroups } from "./membership.ts";
import type { ThisNode } from "./ports.ts";
import { exists, mayAct } from "./presence.ts";
import { sendFromServer } from "./send.ts";
import { EVERYBODY, isNamed, type Selection } from "./target.ts";
import type {
  Except,
  ExistsQuestion,
  MayQuestion,
  MemberPage,
  MembersQuestion,
  Outcome,
  PermissionVerb,
  Question,
  SendVerb,
  Verb,
} from "./verb.ts";

/** Compiles filters, and keeps a bounded number of them: each process compiles those that it uses. */
export interface Filters {
  parse(source: string): FilterResult;
}

/**
 * Carries out verbs and answers questions. Throws when a filter is none: whoever lets a filter in judges it.
 *
 * ```ts ignore
 * const outcome = await reach.perform({
 *   do: "join",
 *   hub: "chat",
 *   who: { kind: "user", userId: "kim" },
 *   filter: undefined,
 *   groups: ["news"],
 * });
 * ```
 */
export class Reach implements ThisNode {
  readonly #hubs: Hubs;
  readonly #filters: Filters;

  constructor(hubs: Hubs, filters: Filters) {
    this.#hubs = hubs;
    this.#filters = filters;
  }

  /** Carries out a verb, on every node that it concerns. */
  perform(verb: Verb): Outcome | Promise<Outcome> {
    const here = this.performHere(verb);
    const { backplane } = this.#hubs.context;
    if (backplane === undefined) return here;
    // Nobody got a message that was given up, so nobody elsewhere gets it either.
    const spread = (known: Outcome) => known === "behind" ? known : backplane.spread(verb, known);
    return here instanceof Promise ? here.then(spread) : spread(here);
  }

  /** Carries out a verb for the connections of this node. */
  performHere(verb: Verb): Outcome | Promise<Outcome> {
    const hub = this.#hubs.find(verb.hub);
    if (hub === undefined) return inNoHub(verb);
    switch (verb.do) {
      case "send":
        return this.#send(hub, verb);
      case "close":
        closeByApplication(hub, verb.who, this.#selection(verb.except), verb.reason);
        return "done";
      case "join":
        return addToGroups(hub, verb.who, verb.groups, this.#filtered(verb.filter));
      case "leave":
        removeFromGroups(hub, verb.who, verb.groups, this.#filtered(verb.filter));
        return "done";
      case "grant":
      case "revoke":
        return changePermission(hub, verb);
    }
  }

  /** Answers a question for all nodes. */
  ask(question: ExistsQuestion | MayQuestion): boolean | Promise<boolean>;
  ask(question: MembersQuestion): MemberPage | Promise<MemberPage>;
  ask(question: Question): boolean | MemberPage | Promise<boolean> | Promise<MemberPage> {
    const { backplane } = this.#hubs.context;
    if (question.ask === "members") {
      const here = this.askHere(question);
      return backplane === undefined ? here : backplane.gather(question, here);
    }
    const here = this.askHere(question);
    return backplane === undefined ? here : backplane.gather(question, here);
  }

  /** Answers a question from what this node knows. */
  askHere(question: ExistsQuestion | MayQuestion): boolean;
  askHere(question: MembersQuestion): MemberPage;
  askHere(question: Question): boolean | MemberPage {
    const hub = this.#hubs.find(question.hub);
    switch (question.ask) {
      case "exists":
        return hub !== undefined && exists(hub, question.who);
      case "members":
        return hub === undefined
          ? NO_MEMBERS
          : listGroup(hub, question.group, question.after, question.limit);
      case "may":
        return hub !== undefined &&
          mayAct(hub, question.connectionId, question.permission, question.group);
    }
  }

  #send(hub: Hub, { to, content, except, from }: SendVerb): Outcome | Promise<Outcome> {
    const waiting = sendFromServer(hub, to, content, this.#selection(except), from);
    return waiting === undefined ? "done" : delivered(hub, waiting);
  }

  #selection({ connectionIds, filter }: Except): Selection {
    if (connectionIds.length === 0) return this.#filtered(filter);
    return { excluded: new Set(connectionIds), filter: this.#compiled(filter) };
  }

  #filtered(filter: string | undefined): Selection {
    return filter === undefined
      ? EVERYBODY
      : { excluded: undefined, filter: this.#compiled(filter) };
  }

  #compiled(source: string | undefined): Filter | undefined {
    if (source === undefined) return undefined;
    const result = this.#filters.parse(source);
    if (!result.ok) throw new TypeError(`Cannot select connections: ${result.message}`);
    return result.filter;
  }
}

const NO_MEMBERS: MemberPage = { members: [], more: false };

/** The outcome of a verb for a hub that has no connections. */
function inNoHub(verb: Verb): Outcome {
  switch (verb.do) {
    case "join":
      return isNamed(verb.who) ? "absent" : "done";
    case "grant":
    case "revoke":
      return "absent";
    default:
      return "done";
  }
}

/**
 * What becomes of a send whose receivers are behind. When that takes too long, it is given up and reaches no receiver.
 */
async function delivered(hub: Hub, waiting: Waiting): Promise<Outcome> {
  const cancel = hub.context.platform.after(REST_HOLD_MS, () => hub.congestion.giveUp(waiting));
  try {
    return await waiting.delivered ? "done" : "behind";
  } finally {
    cancel();
  }
}

function changePermission(hub: Hub, verb: PermissionVerb): Outcome {
  const permissions = hub.find(verb.connectionId)?.permissions;
  if (permissions === undefined) return "absent";
  const change = verb.do === "grant"
    ? permissions.grant(verb.permission, verb.group)
    : permissions.revoke(verb.permission, verb.group);
  return change === "conflict" ? "conflict" : "done";
}
