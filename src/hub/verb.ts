/**
 * What can be asked of a server's hubs, as plain data: whoever holds the connections may be another process. REST says
 * these; what clients say comes through the same functions without the detour.
 */
import type { PermissionKind } from "../auth/permissions.ts";
import type { Metadata, Payload } from "../protocol/command.ts";

/** The receivers of a send, or the connections that a verb is about. */
export type Target =
  | { readonly kind: "hub" }
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "connection"; readonly connectionId: string };

/** Who of the target set is left out. */
export interface Except {
  readonly connectionIds: readonly string[];
  /** An OData filter that was found good: all that it does not match are left out. */
  readonly filter: string | undefined;
}

/** Nobody is left out. */
export const NOBODY: Except = { connectionIds: [], filter: undefined };

/** What is published. */
export interface Content {
  readonly payload: Payload;
  readonly metadata: Metadata | undefined;
  /** 0 = no limit, else 1-300. */
  readonly ttlSeconds: number;
}

/** The client that publishes. */
export interface Origin {
  /** Receivers are told; `undefined` for a client without a user. */
  readonly userId: string | undefined;
}

/** Something to do. `hub` is a name in any letter case; hubs that do not exist have nobody in them. */
export type Verb = SendVerb | CloseVerb | JoinVerb | LeaveVerb | PermissionVerb;

/** Sends to whoever is in the target set at this moment. */
export interface SendVerb {
  readonly do: "send";
  readonly hub: string;
  readonly to: Target;
  readonly content: Content;
  readonly except: Except;
  /** `undefined` for the application server. */
  readonly from: Origin | undefined;
}

/** Ends connections; `reason` is the application's own word, `""` for none. */
export interface CloseVerb {
  readonly do: "close";
  readonly hub: string;
  readonly who: Target;
  readonly except: Except;
  readonly reason: string;
}

/** Makes connections members of groups, all different. */
export interface JoinVerb {
  readonly do: "join";
  readonly hub: string;
  readonly who: Target;
  readonly filter: string | undefined;
  readonly groups: readonly string[];
}

/** Takes connections out of groups. */
export interface LeaveVerb {
  readonly do: "leave";
  readonly hub: string;
  readonly who: Target;
  readonly filter: string | undefined;
  readonly groups: readonly string[] | "all";
}

/** Changes what one connection may do, from now on; `group` is a literal name. */
export interface PermissionVerb {
  readonly do: "grant" | "revoke";
  readonly hub: string;
  readonly connectionId: string;
  readonly permission: PermissionKind;
  readonly group: string;
}

/** What became of a verb. Whatever is refused has had no effect. */
export type Outcome =
  | "done"
  /** The one connection or the user that it is about does not exist. */
  | "absent"
  /** The connection holds as many rules as it may. */
  | "conflict"
  /** A connection would be in more groups than it may. */
  | "tooMany"
  /** The hub has no room for a group more. */
  | "full"
  /** Receivers were behind with earlier messages for too long; nobody got this one. */
  | "behind";

/** Something to know. */
export type Question = ExistsQuestion | MembersQuestion | MayQuestion;

/** Whether there is a connection in the target set; away ones that may come back count. */
export interface ExistsQuestion {
  readonly ask: "exists";
  readonly hub: string;
  readonly who: Target;
}

/** Up to `limit` members of a group with ids behind `after` (`""`: from the start). */
export interface MembersQuestion {
  readonly ask: "members";
  readonly hub: string;
  readonly group: string;
  readonly after: string;
  readonly limit: number;
}

/** Whether a connection exists and may act on a group, whatever gave it the right. */
export interface MayQuestion {
  readonly ask: "may";
  readonly hub: string;
  readonly connectionId: string;
  readonly permission: PermissionKind;
  readonly group: string;
}

/** A member of a group as listings show it. */
export interface Member {
  readonly connectionId: string;
  readonly userId: string | null;
}

/** Members in ascending order of their ids, and whether more follow. */
export interface MemberPage {
  readonly members: readonly Member[];
  readonly more: boolean;
}
