/**
 * Joins nodes of one process: every verb and question goes to all of them, as a copy and a turn later. What such nodes
 * share is plain data, so a copy that cannot be made fails the test.
 */
import type { Backplane, EventSource, MembershipObserver, ThisNode } from "../../src/hub/ports.ts";
import type {
  ExistsQuestion,
  MayQuestion,
  MemberPage,
  MembersQuestion,
  Outcome,
  Verb,
} from "../../src/hub/verb.ts";

/** One node's end; all that are made over one list reach each other. */
export class MemoryBackplane implements Backplane, MembershipObserver {
  readonly nodeId: string;
  readonly #all: MemoryBackplane[];
  #node: ThisNode | undefined;
  /** Whether verbs get through. */
  isUp = true;

  constructor(nodeId: string, all: MemoryBackplane[]) {
    this.nodeId = nodeId;
    this.#all = all;
    all.push(this);
  }

  serve(node: ThisNode): void {
    this.#node = node;
  }

  async spread(verb: Verb, here: Outcome): Promise<Outcome> {
    if (!this.isUp) return "behind";
    return merged([here, ...await this.#others((node) => node.performHere(structuredClone(verb)))]);
  }

  gather(question: ExistsQuestion | MayQuestion, here: boolean): Promise<boolean>;
  gather(question: MembersQuestion, here: MemberPage): Promise<MemberPage>;
  async gather(
    question: ExistsQuestion | MayQuestion | MembersQuestion,
    here: boolean | MemberPage,
  ): Promise<boolean | MemberPage> {
    if (question.ask === "members") {
      const pages = await this.#others((node) => node.askHere(question));
      return onePage([here as MemberPage, ...pages], question.limit);
    }
    return here === true || (await this.#others((node) => node.askHere(question))).includes(true);
  }

  async #others<T>(ask: (node: ThisNode) => T | Promise<T>): Promise<T[]> {
    await Promise.resolve();
    const others = this.#all.filter((other) => other !== this).map((other) => other.#node);
    return Promise.all(others.filter((node) => node !== undefined).map(ask));
  }

  expected(_member: EventSource, _groups: readonly string[]): void {}
  missed(_member: EventSource, _groups: readonly string[]): void {}
  arrived(_member: EventSource, _ofUser: number, _inHub: number): void {}
  departed(_member: EventSource, _ofUser: number, _inHub: number): void {}
  joined(_member: EventSource, _group: string, _members: number): void {}
  left(_member: EventSource, _group: string, _members: number): void {}
}

/** A refusal counts most; what was done anywhere is done; who is nowhere is absent. */
function merged(outcomes: readonly Outcome[]): Outcome {
  const refusal = outcomes.find((outcome) => outcome !== "done" && outcome !== "absent");
  return refusal ?? (outcomes.includes("done") ? "done" : "absent");
}

function onePage(pages: readonly MemberPage[], limit: number): MemberPage {
  const members = pages.flatMap((page) => page.members)
    .sort((a, b) => a.connectionId < b.connectionId ? -1 : 1);
  const more = members.length > limit || pages.some((page) => page.more);
  return { members: members.slice(0, limit), more };
}
