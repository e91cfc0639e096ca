/**
 * Where the HTTP of the native transport, the runtime's own, does not do what the table of cases asks for. What is not
 * listed here has to be right; what is listed has to be wrong in just this way.
 */
import type { HttpCase, HttpOutcome } from "./http_cases.ts";

/** One rule that the native transport does not keep. */
export interface HttpDifference {
  readonly rule: string;
  /** Why it is otherwise here. */
  readonly reason: string;
  /** What comes of the cases that show it, by name. */
  readonly cases: Readonly<Record<string, HttpOutcome>>;
}

function same(outcome: HttpOutcome, ...names: string[]): HttpDifference["cases"] {
  return Object.fromEntries(names.map((name) => [name, outcome]));
}

const STAYS = { answers: [400], then: "stays" } as const;
const ENDS = { answers: [400], then: "ends" } as const;
const SILENT = { answers: [], then: "ends" } as const;

/** The differences. */
export const HTTP_NATIVE_DIFFERENCES: readonly HttpDifference[] = [
  {
    rule: "an offer of another protocol is ignored (RFC 9110, 7.8)",
    reason: "the runtime refuses a request with an offer and a length or chunks",
    cases: Object.assign(
      {},
      ...[
        "h2c, HTTP2-Settings",
        "TLS/1.2",
        "two protocols in two lines",
        "nothing",
        "websocket on a path of the API",
      ]
        .flatMap((offer) =>
          ["a length", "a length of 0", "chunks"].map((body) => `${offer} with ${body}`)
        )
        .map((offer): HttpDifference["cases"] => ({
          [`an offer of ${offer}`]: ENDS,
          [`an offer of ${offer}, second on its connection`]: { answers: [200, 400], then: "ends" },
        })),
    ),
  },
  {
    rule: "HTTP/1.0 need not name a host (RFC 9112, 3.2)",
    reason: "the runtime does not tell it from HTTP/1.1",
    cases: same(ENDS, "HTTP/1.0 without a host"),
  },
  {
    rule: "HTTP/2 is not served without TLS",
    reason: "the runtime serves it to clients that know beforehand",
    cases: same(SILENT, "the preface of HTTP/2"),
  },
  {
    rule: "a connection ends with a refusal",
    reason: "the runtime keeps it, because it has found the end of the request",
    cases: {
      ...same(
        STAYS,
        "no Host",
        'Host ""',
        'Host "a b"',
        'Host "a/b"',
        'Host "user@host"',
        'Host "host:port"',
        'Host "[::1"',
      ),
      ...same({ answers: [414], then: "stays" }, "a longer target"),
      ...same({ answers: [417], then: "stays" }, "another expectation (RFC 9110, 10.1.1)"),
    },
  },
  {
    rule: "no interim answer is needed once the body has come (RFC 9110, 10.1.1)",
    reason: "the runtime sends it always",
    cases: same(
      { answers: [100, 202], then: "stays" },
      "an expectation whose body has come already",
    ),
  },
  {
    rule: "what two readers could read in two ways is refused (RFC 9112, 2.2, 6.3, 7.1)",
    reason: "the runtime takes one reading; it does not let a second request out of a body",
    cases: same(
      { answers: [202, 200], then: "stays" },
      "the same length twice, and a request behind",
      "a line feed alone in the head, and a request behind",
      "a blank before a size, and a request behind",
    ),
  },
  {
    rule: "a body with broken chunks is answered with 400",
    reason: "the runtime ends the connection without an answer",
    cases: same(
      SILENT,
      ...[
        "a size that is no number",
        "a size with a sign",
        "a negative size",
        "a size with 0x",
        "a size of nothing",
        "a size without end",
        "a line feed alone behind a size",
        "a line feed alone in a chunk extension",
        "a chunk that is longer than its size",
        "a trailer without a colon",
      ].map((name) => `${name}, and a request behind`),
    ),
  },
  {
    rule: "a coding that is not known is answered with 501 (RFC 9112, 6.1)",
    reason: "the runtime hands the coded bytes on",
    cases: same({ answers: [202], then: "stays" }, "gzip below chunked"),
  },
  {
    rule: "a request has up to 4,096 header lines",
    reason: "the runtime refuses more than 100, or 16 KiB of them, with 400",
    cases: same(
      ENDS,
      "400 entries of metadata",
      "as many short entries as metadata may have",
      "128 KiB of headers",
      "more header lines than metadata needs",
    ),
  },
  {
    rule: "chunk extensions and trailers are bounded",
    reason: "the bounds of the runtime are larger",
    cases: same(
      { answers: [202], then: "stays" },
      "a body that is mostly chunk extensions",
      "trailers of 32 KiB",
    ),
  },
];

/** What comes of a case on the native transport, where that is not what the table says. */
export function nativeHttpOutcome({ name }: HttpCase): HttpOutcome | undefined {
  return HTTP_NATIVE_DIFFERENCES.find(({ cases }) => Object.hasOwn(cases, name))?.cases[name];
}
