/**
 * What the hub needs from outside: event handlers, the other nodes, and who is told of memberships. The rank before the
 * hub implements these.
 */
import type { LogFields } from "../ports.ts";
import type {
  ExistsQuestion,
  MayQuestion,
  MemberPage,
  MembersQuestion,
  Outcome,
  Verb,
} from "./verb.ts";

/**
 * One logical connection as event handlers know it. Made at the handshake, before the connection exists, and kept to
 * its end, over recoveries too; its identity may serve as a key for what belongs to one connection (cookies).
 */
export interface EventSource {
  /** Lower case. */
  readonly hub: string;
  readonly connectionId: string;
  /** The token's user at first; the `connect` answer may replace it. */
  userId: string | undefined;
  /** The negotiated subprotocol in the server's spelling; `undefined` for simple clients without one and in `connect`. */
  subprotocol: string | undefined;
  /** The opaque connection state that a handler set last. */
  state: string | undefined;
  /** `Host` of the upgrade request, lower case: the webhook origin where no public endpoint is configured. */
  readonly requestHost: string;
  /** What all events of this client carry beside the usual headers, or in their place. */
  readonly headers?: ExtraHeaders;
}

/** Lower-case name -> value; printable ASCII, or the event fails. */
export type ExtraHeaders = ReadonlyMap<string, string>;

/** What a client language says to a handler: the part of the request that the language decides. */
export interface HandlerRequest {
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Headers of this event alone. */
  readonly headers: ExtraHeaders | undefined;
  /** Whether the body of an answer other than 2xx is wanted too; mostly such a body is left unread. */
  readonly readsRefusals: boolean;
}

/** What came of a call: facts of HTTP. What they mean for a client is for its language to say. */
export type HandlerAnswer = Answered | Unanswered;

/** The handler answered, whatever its status. */
export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly contentType: string | undefined;
  /** As sent before its content codings; empty where it was not wanted. */
  readonly body: Uint8Array;
  /** Which call this answers, for log lines. */
  readonly call: LogFields;
}

/** Headers of an answer; names in any case, lines of the same name joined by `, `. */
export interface AnswerHeaders {
  get(name: string): string | null;
  forEach(visit: (value: string, name: string) => void): void;
}

/** There is no answer, or none that could be read; the log has the details. */
export interface Unanswered {
  readonly kind: "failed";
  readonly why: HandlerFailure;
}

/** Why there is no answer. */
export type HandlerFailure =
  /** No handler of the hub takes the event. */
  | "noHandler"
  /** No header or URL can hold what would have to be in it. */
  | "unsendable"
  /** The handler does not allow our origin. */
  | "notPermitted"
  /** There is no token for the handler. */
  | "noCredentials"
  /** Too many calls of this handler wait. */
  | "overloaded"
  /** No answer came, on any attempt, or the address may not be called. */
  | "unreachable"
  /** The time of the call ran out. */
  | "timedOut"
  /** Whoever asked has given up. */
  | "abandoned"
  /** The body of a 2xx answer broke off, is too large, or is in an unknown coding. */
  | "unusable";

/** Why a 2xx answer is of no use to the client's language. For the log; neither text quotes the handler. */
export interface AnswerFlaw {
  readonly problem: string;
  readonly fix: string;
}

/**
 * The event handlers of all hubs. `id` is the event's number on its connection (`ce-id`); `connect` is always 0.
 * Nothing here throws or rejects: a failure is an answer too.
 */
export interface Upstream {
  /** Whether a handler of the hub takes `connect`. */
  asksAbout(hub: string): boolean;
  /** `undefined` when no handler of the hub takes `connect`. */
  connect(
    source: EventSource,
    request: HandlerRequest,
    signal: AbortSignal,
  ): Promise<HandlerAnswer> | undefined;
  connected(source: EventSource, id: number): void;
  /** Answers at once when no handler takes the event. */
  userEvent(
    source: EventSource,
    id: number,
    name: string,
    request: HandlerRequest,
    signal: AbortSignal,
  ): Promise<HandlerAnswer> | HandlerAnswer;
  disconnected(source: EventSource, id: number, reason: string): void;
  /** Tells the operator that the client's language could not use an answer. */
  reportUnusable(answer: Answered, flaw: AnswerFlaw): void;
  /** Waits for running notifications, and for `connect` calls that may cause some, at most `ms` milliseconds. */
  drain(ms: number): Promise<void>;
}

/**
 * The other servers that hold clients of the same hubs. It is asked after this node has done its part, and says what
 * came of both. A rejection counts as a fault of ours: a 500 for a REST call, the end of the client that published.
 */
export interface Backplane {
  /** Part of the ids of connections made here, so that others know whose they are; letters, digits, `-`, `_`. */
  readonly nodeId: string;
  /** Called once, before the first client: how the others reach this node. */
  serve(node: ThisNode): void;
  /**
   * Takes a verb to the others; `here` is what came of it on this node. Verbs of one client come one after the other. A
   * send that was given up here is not told.
   */
  spread(verb: Verb, here: Outcome): Outcome | Promise<Outcome>;
  /** Asks the others too; `here` is what this node knows. */
  gather(question: ExistsQuestion | MayQuestion, here: boolean): boolean | Promise<boolean>;
  gather(question: MembersQuestion, here: MemberPage): MemberPage | Promise<MemberPage>;
}

/** One node alone: what others ask of it goes no further. */
export interface ThisNode {
  /** Carries out a verb for the connections of this node. */
  performHere(verb: Verb): Outcome | Promise<Outcome>;
  /** Answers from what this node knows. */
  askHere(question: ExistsQuestion | MayQuestion): boolean;
  askHere(question: MembersQuestion): MemberPage;
}

/**
 * Is told of every membership of this server's own connections, in hubs, users and groups, right after the change.
 * `members` is how many the group has here now: 1 after a join is the first, 0 after a leave was the last. Must not
 * throw, nor change memberships.
 */
export interface MembershipObserver {
  /**
   * A client is about to come in, as its user and into these groups. A promise that never rejects makes its handshake
   * wait. `arrived` or `missed` follows.
   */
  expected(member: EventSource, groups: readonly string[]): void | Promise<void>;
  /** A client that was expected does not come. */
  missed(member: EventSource, groups: readonly string[]): void;
  /** A connection is there: how many its user has here now (0: it has no user), and how many its hub. */
  arrived(member: EventSource, ofUser: number, inHub: number): void;
  /** A connection is gone, and was told to have left its groups: how many its user and its hub have left here. */
  departed(member: EventSource, ofUser: number, inHub: number): void;
  /** A promise that never rejects makes whoever asked for the join wait; the member is one already. */
  joined(member: EventSource, group: string, members: number): void | Promise<void>;
  left(member: EventSource, group: string, members: number): void;
}
