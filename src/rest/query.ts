/**
 * Query parameters of REST calls: case-insensitive names, form encoding, and the rules of the single parameters.
 */
import { badParameter, badRequest, INVALID_GROUP_NAME } from "../errors.ts";
import {
  MAX_CONTINUATION_TOKEN_LENGTH,
  MAX_CONTINUATION_URL_LENGTH,
  MAX_INT32,
  MAX_PAGE_SIZE,
  MAX_TTL_SECONDS,
  TOKEN_LIFE_MINUTES,
} from "../limits.ts";
import { isGroupName } from "../names.ts";

/** What form decoding would change: escapes, and all beyond printable ASCII. */
const ENCODED = /[%+]|[^!-~]/;

/** The parameters of one request. */
export class Query {
  readonly #values: Map<string, string[]> | undefined;

  /** @param search the query as sent, without `?` */
  constructor(search: string) {
    if (search === "") return;
    const values = new Map<string, string[]>();
    if (ENCODED.test(search)) {
      for (const [name, value] of new URLSearchParams(search)) add(values, name, value);
    } else {
      // Most queries are plain, and this is most of what reading them costs.
      for (const pair of search.split("&")) {
        const equals = pair.indexOf("=");
        if (equals >= 0) add(values, pair.slice(0, equals), pair.slice(equals + 1));
        else if (pair !== "") add(values, pair, "");
      }
    }
    this.#values = values;
  }

  /** Every value, in order. `name` is in lower case. */
  all(name: string): readonly string[] {
    return this.#values?.get(name) ?? [];
  }

  /** The first value; an empty one counts as absent. */
  first(name: string): string | undefined {
    const value = this.all(name)[0];
    return value === "" ? undefined : value;
  }

  /** `excluded`: connection ids, compared exactly. */
  get excluded(): readonly string[] {
    return this.all("excluded");
  }

  /** `reason`; blank counts as none. */
  get reason(): string {
    const reason = this.first("reason") ?? "";
    return reason.trim() === "" ? "" : reason;
  }

  /** `messageTtlSeconds`: 0 (no limit) to 300. */
  get ttlSeconds(): number {
    const text = this.first("messagettlseconds");
    if (text === undefined) return 0;
    return wholeNumber(text, 0, MAX_TTL_SECONDS) ?? fail("messageTtlSeconds");
  }

  /** `maxpagesize`: 1 to 200. */
  get pageSize(): number {
    return this.#once("maxpagesize", 1, MAX_PAGE_SIZE) ?? MAX_PAGE_SIZE;
  }

  /** `top`: the limit over all pages, or `undefined`. */
  get top(): number | undefined {
    return this.#once("top", 1, MAX_INT32);
  }

  /** `continuationToken` as given: a token, or a whole nextLink, as .NET's client sends it. */
  get continuationToken(): string | undefined {
    const given = this.all("continuationtoken");
    const [token] = given;
    if (token === undefined) return undefined;
    const limit = /^https?:\/\//i.test(token)
      ? MAX_CONTINUATION_URL_LENGTH
      : MAX_CONTINUATION_TOKEN_LENGTH;
    if (given.length > 1 || token.trim() === "" || token.length > limit) fail("continuationToken");
    return token;
  }

  /** `targetName`: the group that a permission is about; required, and judged as group names are. */
  get targetName(): string {
    const name = this.all("targetname")[0];
    if (name === undefined || !isGroupName(name)) throw badRequest(INVALID_GROUP_NAME, "Request");
    return name;
  }

  /** `minutesToExpire`: 1 to 2147483647, an hour when absent. */
  get minutesToExpire(): number {
    const text = this.first("minutestoexpire");
    if (text === undefined) return TOKEN_LIFE_MINUTES;
    return wholeNumber(text, 1, MAX_INT32) ?? fail("minutesToExpire");
  }

  /** `group`, repeated: valid group names. */
  get groups(): readonly string[] {
    const groups = this.all("group");
    if (!groups.every(isGroupName)) throw badParameter("Invalid group name.", "group");
    return groups;
  }

  /** A parameter that may be given only once, and then has to be valid. */
  #once(name: "maxpagesize" | "top", min: number, max: number): number | undefined {
    const given = this.all(name);
    if (given.length === 0) return undefined;
    const value = given.length === 1 ? wholeNumber(given[0] ?? "", min, max) : undefined;
    return value ?? fail(name);
  }
}

function add(values: Map<string, string[]>, name: string, value: string): void {
  const key = name.toLowerCase();
  const list = values.get(key);
  if (list === undefined) values.set(key, [value]);
  else list.push(value);
}

/** Decimal digits within bounds, else `undefined`. */
function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

function fail(name: string): never {
  throw badParameter(`Invalid ${name}.`, name);
}
