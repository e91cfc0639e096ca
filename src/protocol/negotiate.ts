/**
 * Which subprotocol a client gets, and what the handshake's answer calls it: names match without regard to case, and
 * the answer repeats the client's spelling.
 */
import type { Framing } from "./event.ts";

/** A subprotocol of the service. */
export interface KnownSubprotocol {
  /** Canonical spelling, lower case. */
  readonly name: string;
  readonly framing: Exclude<Framing, "raw">;
  /** Whether the connection outlives its socket and its messages carry sequence ids. */
  readonly reliable: boolean;
}

/** All subprotocols of the service; clients with any other, or none, are simple clients. */
export const KNOWN_SUBPROTOCOLS: readonly KnownSubprotocol[] = [
  { name: "json.webpubsub.azure.v1", framing: "json", reliable: false },
  { name: "json.reliable.webpubsub.azure.v1", framing: "json", reliable: true },
  { name: "protobuf.webpubsub.azure.v1", framing: "protobuf", reliable: false },
  { name: "protobuf.reliable.webpubsub.azure.v1", framing: "protobuf", reliable: true },
];

/** A token of HTTP (RFC 9110 section 5.6.2): nothing else may stand in an answer. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What was agreed on. */
export interface Negotiated {
  readonly accepted: true;
  /** Value of `Sec-WebSocket-Protocol` in the answer, in the client's spelling; without it the header is left out. */
  readonly answer: string | undefined;
  /** Canonical name of a known subprotocol, or the custom name that the handler selected; `undefined` for none. */
  readonly subprotocol: string | undefined;
  readonly framing: Framing;
  readonly reliable: boolean;
}

/** The `connect` handler selected a name that the client did not offer: the handshake fails with status 500. */
export interface NotOffered {
  readonly accepted: false;
  /** What the handler selected. */
  readonly selected: string;
}

/** The known subprotocol of that name in any case, if there is one. */
function knownSubprotocol(name: string): KnownSubprotocol | undefined {
  const folded = name.toLowerCase();
  return KNOWN_SUBPROTOCOLS.find((known) => known.name === folded);
}

/**
 * The names that a client offers, in order: `header` is the value of its `Sec-WebSocket-Protocol`, or the values when
 * the header was sent several times. Empty parts and what is no name (RFC 6455 section 4.1) are dropped.
 *
 * ```ts
 * import { offeredSubprotocols } from "./negotiate.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(offeredSubprotocols("chat, json.webpubsub.azure.v1"), [
 *   "chat",
 *   "json.webpubsub.azure.v1",
 * ]);
 * assert.deepEqual(offeredSubprotocols(null), []);
 * ```
 */
export function offeredSubprotocols(
  header: string | readonly string[] | null | undefined,
): string[] {
  if (header === null || header === undefined) return [];
  const joined = typeof header === "string" ? header : header.join(",");
  return joined.split(",").map((name) => name.trim()).filter((name) => TOKEN.test(name));
}

/**
 * Agrees on a subprotocol: the one that the `connect` handler `selected`, else the first known one among the
 * `offered`, else none. An empty selection is no selection.
 *
 * ```ts
 * import { negotiate } from "./negotiate.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(negotiate(["chat", "JSON.WebPubSub.Azure.v1"]), {
 *   accepted: true,
 *   answer: "JSON.WebPubSub.Azure.v1",
 *   subprotocol: "json.webpubsub.azure.v1",
 *   framing: "json",
 *   reliable: false,
 * });
 * assert.deepEqual(negotiate(["chat"], "mqtt"), { accepted: false, selected: "mqtt" });
 * ```
 */
export function negotiate(offered: readonly string[], selected?: string): Negotiated | NotOffered {
  const answer = selected === undefined || selected === ""
    ? firstKnownOffer(offered)
    : matchingOffer(offered, selected);
  if (answer === undefined) {
    if (selected !== undefined && selected !== "") return { accepted: false, selected };
    return {
      accepted: true,
      answer: undefined,
      subprotocol: undefined,
      framing: "raw",
      reliable: false,
    };
  }
  const known = knownSubprotocol(answer);
  return {
    accepted: true,
    answer,
    subprotocol: known?.name ?? answer,
    framing: known?.framing ?? "raw",
    reliable: known?.reliable ?? false,
  };
}

/**
 * The name to answer a recovery with: the `original` subprotocol in the client's spelling, wherever it stands in the
 * offer. `undefined` when it was not offered: the header is left out and the original protocol spoken all the same.
 */
export function recoveryAnswer(offered: readonly string[], original: string): string | undefined {
  return matchingOffer(offered, original);
}

/** The first known name in the client's spelling: also the answer to a recovery that is refused. */
export function firstKnownOffer(offered: readonly string[]): string | undefined {
  return offered.find((name) => knownSubprotocol(name) !== undefined);
}

/** The offered name that equals `name`; the very spelling goes before another case of it. */
function matchingOffer(offered: readonly string[], name: string): string | undefined {
  if (offered.includes(name)) return name;
  const folded = name.toLowerCase();
  return offered.find((offer) => offer.toLowerCase() === folded);
}
