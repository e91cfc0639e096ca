/**
 * Session affinity: what handlers set as cookies goes back to them with the later events of the same connection.
 *
 * RFC 6265. The jar's library is loaded when a handler sets the first cookie, which most never do.
 */
import type { Cookie, CookieJar } from "tough-cookie";
import { isPlainAscii } from "../events/header_rules.ts";
import type { EventSource } from "../hub/ports.ts";
import type { Log } from "../ports.ts";
import { MAX_COOKIE_LENGTH, MAX_COOKIES } from "../limits.ts";
import type { Platform } from "../platform.ts";

const INVALID = "it is not a valid cookie for the handler's host";

/** One jar a connection, in memory, gone with the connection. */
export class CookieJars {
  readonly #jars = new WeakMap<EventSource, CookieJar>();
  readonly #platform: Platform;
  readonly #log: Log;

  constructor(platform: Platform, log: Log) {
    this.#platform = platform;
    this.#log = log;
  }

  /** The `Cookie` header for a request, or `undefined` when none match. */
  header(source: EventSource, url: string): string | undefined {
    const jar = this.#jars.get(source);
    if (jar === undefined) return undefined;
    const now = this.#platform.now();
    const pairs: string[] = [];
    for (const cookie of jar.getCookiesSync(url, { expire: false, sort: true })) {
      if (!isExpired(cookie, now)) pairs.push(cookie.cookieString());
    }
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }

  /** Keeps the cookies of a successful answer; `undefined` when it sets none, else settles when they are in place. */
  store(source: EventSource, url: string, headers: Headers): Promise<void> | undefined {
    if (!headers.has("set-cookie")) return undefined;
    return this.#store(source, url, headers.getSetCookie());
  }

  async #store(source: EventSource, url: string, lines: readonly string[]): Promise<void> {
    const library = await loadLibrary();
    if (library === undefined) {
      this.#log.error("Cannot load the cookie jar: cookies of event handlers are dropped");
      return;
    }
    const { CookieJar } = library;
    let jar = this.#jars.get(source);
    if (jar === undefined) {
      jar = new CookieJar();
      this.#jars.set(source, jar);
    }
    for (const line of lines) {
      const problem = line.length > MAX_COOKIE_LENGTH
        ? `it has more than ${MAX_COOKIE_LENGTH} characters`
        : this.#add(jar, url, readCookie(library, url, line));
      if (problem === undefined) continue;
      const { hub, connectionId: connection } = source;
      this.#log.warn("Skipped a cookie of an event handler", { hub, connection, problem });
    }
  }

  /** Says what is wrong with a cookie, without quoting it. */
  #add(jar: CookieJar, url: string, cookie: Cookie | undefined): string | undefined {
    if (cookie === undefined || !isPlainAscii(cookie.cookieString())) return INVALID;
    const now = this.#platform.now();
    // The library counts Max-Age from the last use and by its own clock: make it a date by ours.
    if (typeof cookie.maxAge === "number") {
      cookie.expires = new Date(
        cookie.maxAge <= 0 ? 0 : Math.min(now + cookie.maxAge * 1000, 8e15),
      );
      cookie.maxAge = null;
    }
    try {
      jar.setCookieSync(cookie, url, { now: new Date(now) });
    } catch (error) {
      // Its texts quote parts of the cookie, so they are not repeated.
      if (error instanceof Error) return INVALID;
      throw error;
    }
    return dropExcess(jar, cookie, now);
  }
}

/**
 * RFC 6265, 5.3, step 5: a domain that is a public suffix and the host itself makes a host-only cookie. So does a host
 * of one label, as machines in a container network have, and an address. The library refuses all of them.
 */
function readCookie(library: Library, url: string, line: string): Cookie | undefined {
  const cookie = library.Cookie.parse(line);
  if (cookie === undefined || cookie.domain === null) return cookie;
  const host = library.canonicalDomain(new URL(url).hostname);
  if (host === undefined || library.canonicalDomain(cookie.domain) !== host) return cookie;
  // Names such as "localhost" are no public suffix to the library, which keeps their cookies by itself.
  const options = { allowSpecialUseDomain: true, ignoreError: true };
  if (library.getPublicSuffix(host, options) === undefined) cookie.domain = null;
  return cookie;
}

type Library = typeof import("tough-cookie");

async function loadLibrary(): Promise<Library | undefined> {
  try {
    return await import("tough-cookie");
  } catch (error) {
    // It is part of the program, so this is a broken installation: no reason to fail events.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Removes what has expired, and the newcomer if the jar is still over its bound. */
function dropExcess(jar: CookieJar, newcomer: Cookie, now: number): string | undefined {
  let problem: string | undefined;
  const remove = (cookie: Cookie) =>
    jar.store.removeCookie(cookie.domain ?? "", cookie.path ?? "", cookie.key, () => {});
  jar.store.getAllCookies((_error, cookies) => {
    const live: Cookie[] = [];
    for (const cookie of cookies ?? []) {
      if (isExpired(cookie, now)) remove(cookie);
      else live.push(cookie);
    }
    if (live.length <= MAX_COOKIES) return;
    remove(newcomer);
    problem = `the connection has ${MAX_COOKIES} cookies already`;
  });
  return problem;
}

function isExpired(cookie: Cookie, now: number): boolean {
  const expires = cookie.expiryTime();
  return expires !== undefined && expires <= now;
}
