/**
 * HTTP/1.1 as clients, proxies and attackers speak it: bytes on one connection, and what has to come of them. Run over
 * both transports.
 *
 * Rules: RFC 9110 and RFC 9112, by section.
 */

/** What came of the bytes. */
export interface HttpOutcome {
  /** Statuses of the answers, in order. */
  readonly answers: readonly number[];
  /** Whether the connection takes another request then. */
  readonly then: "stays" | "ends";
}

/** One row. `{host}` and `{token}` stand for the server's address and a token that is good for all sends. */
export interface HttpCase {
  readonly name: string;
  readonly bytes: string;
  /** Whether the client sends no more after the bytes. */
  readonly leaves?: boolean;
  readonly outcome: HttpOutcome;
}

const HEALTH = "GET /api/health HTTP/1.1\r\nHost: {host}\r\n\r\n";
const SEND_LINE = "POST /api/hubs/chat/:send HTTP/1.1\r\n";
const TOKEN_LINE = "Authorization: Bearer {token}\r\nContent-Type: text/plain\r\n";
/** What a send begins with. */
const SEND = `${SEND_LINE}Host: {host}\r\n${TOKEN_LINE}`;
const HELLO = "Content-Length: 5\r\n\r\nhello";
const CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
const HELLO_CHUNKED = `${CHUNKED}5\r\nhello\r\n0\r\n\r\n`;

function stays(...answers: number[]): HttpOutcome {
  return { answers, then: "stays" };
}

function ends(...answers: number[]): HttpOutcome {
  return { answers, then: "ends" };
}

function row(name: string, bytes: string, outcome: HttpOutcome): HttpCase {
  return { name, bytes, outcome };
}

/** The order of requests on a connection (RFC 9112 section 9). */
const CONNECTION: readonly HttpCase[] = [
  row("two requests in one piece", HEALTH + HEALTH, stays(200, 200)),
  row(
    "answers keep the order of their requests",
    `${SEND}${HELLO}GET /nothing HTTP/1.1\r\nHost: {host}\r\n\r\n${HEALTH}${SEND}${HELLO_CHUNKED}`,
    stays(202, 404, 200, 202),
  ),
  row("an empty line before a request (2.2)", `\r\n${HEALTH}`, stays(200)),
  row(
    "Connection: close",
    "GET /api/health HTTP/1.1\r\nHost: {host}\r\nConnection: x, Close\r\n\r\n" + HEALTH,
    ends(200),
  ),
  row("HTTP/1.0", "GET /api/health HTTP/1.0\r\nHost: {host}\r\n\r\n", ends(200)),
  row(
    "HTTP/1.0 with Connection: keep-alive",
    "GET /api/health HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n\r\n",
    stays(200),
  ),
  row(
    "HTTP/1.0 without a host",
    `POST /api/hubs/chat/:send HTTP/1.0\r\n${TOKEN_LINE}${HELLO}`,
    ends(202),
  ),
  row(
    "the preface of HTTP/2",
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"no frame".repeat(10)}`,
    ends(505),
  ),
  { ...row("a client that sends no more is answered", SEND + HELLO, ends(202)), leaves: true },
];

/** Whom a request addresses (RFC 9112 section 3.2). */
const ADDRESS: readonly HttpCase[] = [
  row("no Host", `${SEND_LINE}${TOKEN_LINE}${HELLO}`, ends(400)),
  ...["", "a b", "a/b", "user@host", "host:port", "[::1"].map((host) =>
    row(`Host "${host}"`, `${SEND_LINE}Host: ${host}\r\n${TOKEN_LINE}${HELLO}`, ends(400))
  ),
  row("two Hosts", `${SEND}Host: {host}\r\n${HELLO}`, ends(400)),
  row(
    "a target with a scheme and a host (3.2.2)",
    "GET http://other:1/api/health?x HTTP/1.1\r\nHost: {host}\r\n\r\n",
    stays(200),
  ),
  row(
    "a target without a slash",
    "GET api/health HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ends(400),
  ),
];

/** Bodies by length and by chunks (RFC 9112 sections 6 and 7.1). */
const BODIES: readonly HttpCase[] = [
  row("a body by length", SEND + HELLO, stays(202)),
  row("a body in chunks", SEND + HELLO_CHUNKED, stays(202)),
  row("no body at all", `${SEND}\r\n`, stays(202)),
  row("no chunk but the last", `${SEND}${CHUNKED}0\r\n\r\n`, stays(202)),
  row(
    "a coding in capitals",
    `${SEND}Transfer-Encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    stays(202),
  ),
  row(
    "a size with zeros in front",
    `${SEND}${CHUNKED}0000A\r\n0123456789\r\n00\r\n\r\n`,
    stays(202),
  ),
  row("a chunk extension", `${SEND}${CHUNKED}5;a=b\r\nhello\r\n0;c="d"\r\n\r\n`, stays(202)),
  row("trailers", `${SEND}${CHUNKED}5\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: b\r\n\r\n`, stays(202)),
  row(
    "a body that nobody reads",
    `GET /api/health HTTP/1.1\r\nHost: {host}\r\n${HELLO}${HEALTH}`,
    stays(200, 200),
  ),
  row(
    "an expectation whose body has come already",
    `${SEND}Expect: 100-continue\r\n${HELLO}`,
    stays(202),
  ),
  row("another expectation (RFC 9110, 10.1.1)", `${SEND}Expect: 200-maybe\r\n${HELLO}`, ends(417)),
];

/** Offers of other protocols are ignored (RFC 9110 section 7.8). */
const OFFERS: readonly HttpCase[] = [
  [
    "h2c, HTTP2-Settings",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n",
  ],
  ["TLS/1.2", "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n"],
  ["two protocols in two lines", "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: TLS/1.2\r\n"],
  ["nothing", "Connection: Upgrade\r\nUpgrade:\r\n"],
  ["nothing, without Connection", "Upgrade:\r\n"],
  ["websocket on a path of the API", "Connection: Upgrade\r\nUpgrade: websocket\r\n"],
].flatMap(([offer, lines]) =>
  ([
    ["a length", HELLO],
    ["a length of 0", "Content-Length: 0\r\n\r\n"],
    ["chunks", HELLO_CHUNKED],
  ] as const).flatMap(([body, bytes]) => [
    row(`an offer of ${offer} with ${body}`, `${SEND}${lines}${bytes}`, stays(202)),
    row(
      `an offer of ${offer} with ${body}, second on its connection`,
      `${HEALTH}${SEND}${lines}${bytes}`,
      stays(200, 202),
    ),
  ])
);

/** What another reader could read in another way: the connection ends, and what follows is no request. */
const SMUGGLING: readonly HttpCase[] = [
  ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
  ["the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"],
  ["a list of lengths", "Content-Length: 5, 5\r\n\r\nhello"],
  ["a length with a sign", "Content-Length: +5\r\n\r\nhello"],
  ["a negative length", "Content-Length: -5\r\n\r\nhello"],
  ["a length in hex", "Content-Length: 0x5\r\n\r\nhello"],
  ["an empty length", "Content-Length:\r\n\r\nhello"],
  ["a length without end", "Content-Length: 99999999999999999999999\r\n\r\nhello"],
  ["a length, then chunks", `Content-Length: 5\r\n${HELLO_CHUNKED}`],
  [
    "chunks, then a length",
    "Transfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  ],
  [
    "a coding that looks like chunked",
    "Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  ],
  ["chunked, then identity", "Transfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["chunked twice", "Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["chunked on two lines", `Transfer-Encoding: chunked\r\n${HELLO_CHUNKED}`],
  ["chunked and an empty coding", "Transfer-Encoding: chunked,\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["an empty coding", "Transfer-Encoding:\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["a quoted coding", 'Transfer-Encoding: "chunked"\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  [
    "a vertical tab before the coding",
    "Transfer-Encoding: \x0bchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  ],
  ["a blank before a colon", "Content-Length : 5\r\n\r\nhello"],
  ["a folded header", "X: a\r\n Content-Length: 5\r\n\r\nhello"],
  ["a line feed alone in the head", "X: a\nContent-Length: 5\r\n\r\nhello"],
  ["a carriage return alone in the head", "X: a\rContent-Length: 5\r\n\r\nhello"],
  ["a zero byte in a header", "X: a\0b\r\nContent-Length: 5\r\n\r\nhello"],
  ["a line without a colon", "Content-Length 5\r\n\r\nhello"],
  ["a line without a name", ": 5\r\n\r\nhello"],
  ["a size that is no number", `${CHUNKED}g\r\nhello\r\n0\r\n\r\n`],
  ["a size with a sign", `${CHUNKED}+5\r\nhello\r\n0\r\n\r\n`],
  ["a negative size", `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`],
  ["a size with 0x", `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`],
  ["a size of nothing", `${CHUNKED}\r\nhello\r\n0\r\n\r\n`],
  ["a blank before a size", `${CHUNKED} 5\r\nhello\r\n0\r\n\r\n`],
  ["a size without end", `${CHUNKED}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`],
  ["a line feed alone behind a size", `${CHUNKED}5\nhello\r\n0\r\n\r\n`],
  ["a line feed alone in a chunk extension", `${CHUNKED}5;a\nhello\r\n0\r\n\r\n`],
  ["a chunk that is longer than its size", `${CHUNKED}3\r\nhello\r\n0\r\n\r\n`],
  ["a trailer without a colon", `${CHUNKED}5\r\nhello\r\n0\r\nnothing\r\n\r\n`],
].map(([name, lines]) =>
  row(`${name}, and a request behind`, `${SEND}${lines}${HEALTH}`, ends(400))
);

/** Codings that are known and not served (RFC 9112 section 6.1), and the one that HTTP/1.0 does not know. */
const CODINGS: readonly HttpCase[] = [
  row("gzip below chunked", `${SEND}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, ends(501)),
  row(
    "chunks in HTTP/1.0",
    `POST /api/hubs/chat/:send HTTP/1.0\r\nHost: {host}\r\n${TOKEN_LINE}${HELLO_CHUNKED}`,
    ends(400),
  ),
];

/** Bodies that break off: an answer, for nobody, and never a fault of the server. */
const BROKEN: readonly HttpCase[] = [
  ["a body shorter than its length", "Content-Length: 100\r\n\r\nhello"],
  ["a chunk shorter than its size", `${CHUNKED}64\r\nhello`],
  ["chunks without the last one", `${CHUNKED}5\r\nhello\r\n`],
  ["trailers without an end", `${CHUNKED}5\r\nhello\r\n0\r\nX: 1\r\n`],
].map(([name, lines]) => ({ ...row(name ?? "", `${SEND}${lines}`, ends(400)), leaves: true }));

/** The bounds of `limits.ts`. */
const BOUNDS: readonly HttpCase[] = [
  row(
    "a target of 48 KiB",
    `GET /api/health?${"a".repeat(48 * 1024 - 12)} HTTP/1.1\r\nHost: {host}\r\n\r\n`,
    stays(200),
  ),
  row(
    "a longer target",
    `GET /api/health?${"a".repeat(48 * 1024 - 11)} HTTP/1.1\r\nHost: {host}\r\n\r\n`,
    ends(414),
  ),
  row(
    "400 entries of metadata",
    SEND + Array.from({ length: 400 }, (_, i) => `X-WebPubSub-Metadata-k${i}: v\r\n`).join("") +
      HELLO,
    stays(202),
  ),
  row(
    "as many short entries as metadata may have",
    SEND +
      Array.from(
        { length: 2048 },
        (_, i) => `X-WebPubSub-Metadata-${(1000 + i).toString(36)}: v\r\n`,
      ).join("") +
      HELLO,
    stays(202),
  ),
  row("128 KiB of headers", `${SEND}X: ${"a".repeat(128 * 1024)}\r\n${HELLO}`, ends(431)),
  row(
    "more header lines than metadata needs",
    `${SEND}${"X: 1\r\n".repeat(4096)}${HELLO}`,
    ends(431),
  ),
  row(
    "a chunk extension of 1 MiB",
    `${SEND}${CHUNKED}5;${"a".repeat(1024 * 1024)}\r\nhello\r\n0\r\n\r\n`,
    ends(400),
  ),
  row(
    "a body that is mostly chunk extensions",
    `${SEND}${CHUNKED}${`1;${"a".repeat(1000)}\r\na\r\n`.repeat(100)}0\r\n\r\n`,
    ends(400),
  ),
  row("trailers of 32 KiB", `${SEND}${CHUNKED}0\r\nX: ${"a".repeat(32 * 1024)}\r\n\r\n`, ends(400)),
  row(
    "a length that is too much for a message",
    `${SEND}Content-Length: 1048577\r\n\r\n`,
    ends(400),
  ),
];

/** All rows. */
export const HTTP_CASES: readonly HttpCase[] = [
  ...CONNECTION,
  ...ADDRESS,
  ...BODIES,
  ...OFFERS,
  ...SMUGGLING,
  ...CODINGS,
  ...BROKEN,
  ...BOUNDS,
];
