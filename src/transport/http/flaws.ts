/**
 * What a request can be refused for before anybody looks at what it asks: status and text of the plain answer.
 */

const FLAWS = {
  requestLine: { status: 400, message: "The request line is not valid." },
  requestLineTooLong: { status: 414, message: "The request line is too long." },
  headersTooLong: { status: 431, message: "The request headers are too long." },
  tooManyHeaders: { status: 431, message: "The request has too many headers." },
  lineEnd: { status: 400, message: "A line of the request does not end with CR LF." },
  foldedLine: { status: 400, message: "A request header is folded." },
  controlByte: { status: 400, message: "The request head holds a control character." },
  headerLine: { status: 400, message: "A request header is not valid." },
  repeatedHeader: { status: 400, message: "A request header is repeated." },
  version: { status: 505, message: "Only HTTP/1.1 and HTTP/1.0 are served." },
  target: { status: 400, message: "The request target is not valid." },
  targetTooLong: { status: 414, message: "The request target is too long." },
  noHost: { status: 400, message: "A Host header is required." },
  host: { status: 400, message: "The Host header is not valid." },
  length: { status: 400, message: "The Content-Length header is not valid." },
  transferEncoding: { status: 400, message: "The Transfer-Encoding header is not valid." },
  unknownCoding: { status: 501, message: "The only transfer coding that is served is chunked." },
  lengthAndEncoding: {
    status: 400,
    message: "A request has a Content-Length or a Transfer-Encoding, not both.",
  },
  expectation: { status: 417, message: "The only expectation that is met is 100-continue." },
} as const;

/** Why a request was refused. */
export type Flaw = keyof typeof FLAWS;

/** A request that gets a plain HTTP answer; the connection ends with it. */
export interface Refusal {
  readonly kind: "refused";
  readonly flaw: Flaw;
  readonly status: number;
  readonly message: string;
}

/** The refusal for a flaw. */
export function refusal(flaw: Flaw): Refusal {
  return { kind: "refused", flaw, ...FLAWS[flaw] };
}
