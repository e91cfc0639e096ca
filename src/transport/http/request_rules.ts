/**
 * What the lines of a request head say together: whom it addresses, where its body ends, whether the connection stays.
 * A request whose end two readers could see in different places is refused: the second reader would take the rest for
 * another request.
 *
 * Rules: RFC 9112 sections 2.3, 3.2, 6 and 9.3; RFC 9110 sections 7.2, 7.8 and 10.1.1.
 */
import { MAX_TARGET_BYTES } from "../../limits.ts";
import { type Refusal, refusal } from "./flaws.ts";
import { type RequestHead, singleHeader, trimBlanks } from "./request_head.ts";

/** Where a body ends: after so many bytes (0: there is none), or with its last chunk. */
export type Framing = number | "chunked";

/** A request that may be answered. Offers of other protocols are ignored: whether to take one is the server's choice. */
export interface RequestFacts {
  readonly kind: "request";
  /** Path and query, as sent; `*` and the authority of CONNECT are kept too. */
  readonly target: string;
  /** Host and port that the request is for; only HTTP/1.0 knows requests without. */
  readonly host: string | undefined;
  readonly framing: Framing;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the client would send another request on the connection. */
  readonly keepAlive: boolean;
}

/** `1*DIGIT`, below what a number can tell apart. */
const LENGTH = /^[0-9]{1,15}$/;
/** `uri-host [":" port]` of RFC 3986, user information left out. */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?$/;
const ABSOLUTE = /^(?:https?|wss?):\/\/([^/?#]*)(.*)$/i;

/**
 * Judges a head.
 *
 * ```ts
 * import { RequestHeadReader } from "./request_head.ts";
 * import { judgeRequest } from "./request_rules.ts";
 * import assert from "node:assert/strict";
 * const judge = (text: string) => {
 *   const head = new RequestHeadReader().push(new TextEncoder().encode(text));
 *   assert(head?.kind === "head");
 *   return judgeRequest(head);
 * };
 * const request = judge("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n");
 * assert(request.kind === "request");
 * assert.equal(request.framing, 5);
 * assert.equal(judge("POST /a HTTP/1.1\r\n\r\n").kind, "refused");
 * ```
 */
export function judgeRequest(head: RequestHead): RequestFacts | Refusal {
  const { version } = head;
  // A later minor version is read as the newest that is known (RFC 9110 section 2.5).
  if (!version.startsWith("HTTP/1.")) return refusal("version");
  const isOld = version === "HTTP/1.0";
  const address = addressOf(head, isOld);
  if ("kind" in address) return address;
  const framing = framingOf(head, isOld);
  if (typeof framing === "object") return framing;
  const expectation = isOld ? undefined : head.headers.get("expect")?.join(",");
  if (expectation !== undefined && expectation.toLowerCase() !== "100-continue") {
    return refusal("expectation");
  }
  const { target, host } = address;
  return {
    kind: "request",
    target,
    host,
    framing,
    expectsContinue: expectation !== undefined && framing !== 0,
    keepAlive: isOld
      ? hasToken(head, "connection", "keep-alive")
      : !hasToken(head, "connection", "close"),
  };
}

/** Whether `text` is a host, and a port if it likes, as `Host` has to be (RFC 9110 section 7.2). */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

/** Whether a list header holds `token`, in any case, in any of its lines. */
export function hasToken(head: RequestHead, name: string, token: string): boolean {
  const values = head.headers.get(name);
  return values !== undefined &&
    values.some((value) =>
      value.split(",").some((part) => trimBlanks(part).toLowerCase() === token)
    );
}

type Address = Pick<RequestFacts, "target" | "host">;

function addressOf(head: RequestHead, isOld: boolean): Address | Refusal {
  const { method, target } = head;
  if (target.length > MAX_TARGET_BYTES) return refusal("targetTooLong");
  const host = singleHeader(head, "host");
  if (host === undefined) {
    if (!isOld) return refusal("noHost");
  } else if (!isAuthority(host)) return refusal("host");
  if (target.startsWith("/") || (target === "*" && method === "OPTIONS")) return { target, host };
  if (method === "CONNECT") return isAuthority(target) ? { target, host } : refusal("target");
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) return refusal("target");
  // Then the Host header counts for nothing (RFC 9112 section 3.2.2).
  const [, authority = "", rest = ""] = absolute;
  if (!isAuthority(authority)) return refusal("target");
  return { target: rest.startsWith("/") ? rest : `/${rest}`, host: authority };
}

function framingOf(head: RequestHead, isOld: boolean): Framing | Refusal {
  const { headers } = head;
  const length = singleHeader(head, "content-length");
  if (length !== undefined && !LENGTH.test(length)) return refusal("length");
  if (!headers.has("transfer-encoding")) return Number(length ?? 0);
  if (length !== undefined) return refusal("lengthAndEncoding");
  const coding = singleHeader(head, "transfer-encoding")?.toLowerCase() ?? "";
  if (isOld) return refusal("transferEncoding");
  if (coding === "chunked") return "chunked";
  // With another coding below it the end is known, but not the text; with another one last not even that.
  const codings = coding.split(",").map(trimBlanks);
  const isFramed = codings.at(-1) === "chunked" && !codings.slice(0, -1).includes("chunked");
  return refusal(
    isFramed && codings.every((one) => one !== "") ? "unknownCoding" : "transferEncoding",
  );
}
