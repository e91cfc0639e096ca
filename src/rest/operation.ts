/**
 * What an operation of the REST API is: a row of the table that the pipeline works through.
 */
import type { Metadata, Payload } from "../protocol/command.ts";
import type { Query } from "./query.ts";
import type { PathName, PathNames } from "./route.ts";
import type { RestServices } from "./services.ts";

/** A path template: literal segments, and names in their place. */
export type PathTemplate = readonly (string | { readonly name: PathName })[];

/** The body of a bulk group call. */
export interface GroupsRequest {
  /** Different ones. */
  readonly groups: readonly string[];
  /** A filter that was found good. */
  readonly filter: string | undefined;
}

/** A call that has passed every check; an operation only has to carry it out. */
export interface Call {
  /** The hub's name in lower case. */
  readonly hubName: string;
  readonly names: PathNames;
  readonly query: Query;
  /** A filter that was found good. */
  readonly filter: string | undefined;
  /** Body of a send. */
  readonly message:
    | { readonly payload: Payload; readonly metadata: Metadata | undefined }
    | undefined;
  /** Body of a bulk group call. */
  readonly groupsRequest: GroupsRequest | undefined;
  /** Raw path as sent. */
  readonly path: string;
  /** `scheme://host[:port][/base]` for links and audiences. */
  readonly endpoint: () => string;
}

/** A name in the path of a call; the path template says which there are. */
export function nameIn(call: Pick<Call, "names">, name: PathName): string {
  return call.names.get(name) ?? "";
}

/** The answer of an operation: a status, and a JSON value where there is a body. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** One operation of the data plane. */
export interface Operation {
  /** Its name in the service's API description. */
  readonly id: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: PathTemplate;
  /** What an identity-provider role must allow. */
  readonly access: "read" | "write";
  /** Judges the query parameters before anything else of the request is read. Throws `RestError`. */
  readonly checkQuery?: (query: Query) => void;
  /** Whether `filter` in the query picks the receivers. */
  readonly filtered?: boolean;
  /** The body that it takes; others are not read. */
  readonly body?: "message" | "groups";
  /** Carries out the call, later where it has to wait. Throws `RestError` for what only then shows. */
  readonly run: (call: Call, services: RestServices) => Answer | Promise<Answer>;
}

/** A path template from its usual spelling: `/api/hubs/{hub}/groups/{group}/:send`. */
export function template(path: string): PathTemplate {
  return path.slice(1).split("/").map((segment) =>
    segment.startsWith("{") ? { name: segment.slice(1, -1) as PathName } : segment
  );
}
