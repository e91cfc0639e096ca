/**
 * How clients and event handlers understand each other: what a client says as a request, and what an answer means to it.
 * The rank before the hub implements it for each client language.
 */
import type { Metadata, Payload } from "../protocol/command.ts";
import type { Traits } from "../protocol/event.ts";
import type { AnswerFlaw, HandlerAnswer, HandlerRequest } from "./ports.ts";

/** What `connect` tells of a new client, before its language has put it into a body. */
export interface ClientFacts {
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Query parameters in order of appearance, decoded. */
  readonly parameters: Iterable<readonly [name: string, value: string]>;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly subprotocols: readonly string[];
}

/** The handler's word on a new client. Fields that are `undefined` leave what the token said. */
export type ConnectOutcome =
  | {
    readonly accepted: true;
    /** `""` makes the connection userless. */
    readonly userId: string | undefined;
    /** Replaces the token's groups; never empty. Valid names. */
    readonly groups: readonly string[] | undefined;
    /** Replaces the token's roles, also when empty. */
    readonly roles: readonly string[] | undefined;
    /** One that the client offered, in the client's spelling. */
    readonly subprotocol: string | undefined;
    readonly state: string | undefined;
  }
  /** `status` is the HTTP status of the handshake's answer, 400-599; `flaw` is set when a 2xx answer is to blame. */
  | { readonly accepted: false; readonly status: number; readonly flaw?: AnswerFlaw };

/** What the handler made of a user event. `state` is `undefined` when it stays as it was. */
export type UserEventOutcome =
  | {
    readonly ok: true;
    readonly reply:
      | { readonly payload: Payload; readonly metadata: Metadata | undefined }
      | undefined;
    readonly state: string | undefined;
  }
  /** `flaw` is set when a 2xx answer is to blame. */
  | { readonly ok: false; readonly flaw?: AnswerFlaw };

/** How Web PubSub clients and event handlers understand each other. Pure. */
export interface HandlerLanguage {
  /** Never holds the client's token. */
  connectRequest(client: ClientFacts): HandlerRequest;
  /** `offered` are the client's subprotocols. */
  readConnect(answer: HandlerAnswer, offered: readonly string[]): ConnectOutcome;
  eventRequest(payload: Payload, metadata: Metadata | undefined): HandlerRequest;
  /** The traits of the client's own language decide which replies are usable. */
  readReply(answer: HandlerAnswer, traits: Traits): UserEventOutcome;
}
