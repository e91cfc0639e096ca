import assert from "node:assert/strict";
import { encodeAny } from "../../src/protocol/any.ts";
import { isUnusable } from "../../src/events/handler_answer.ts";
import type { AnswerFlaw, HandlerAnswer } from "../../src/hub/ports.ts";
import { TRAITS } from "../../src/protocol/traits.ts";
import { readConnect, readReply } from "../../src/webpubsub/answer.ts";
import { answered, UNCHANGED } from "../support/handler_answers.ts";

const encoder = new TextEncoder();

type HeaderList = [string, string][];

/** Why an outcome is a failure although the handler answered 2xx. */
function flawOf(outcome: { status?: number; flaw?: AnswerFlaw }, status?: number): AnswerFlaw {
  assert.equal(outcome.status, status);
  assert(outcome.flaw !== undefined);
  return outcome.flaw;
}

function connect(body: string, headers: HeaderList = [], offered = ["json.webpubsub.azure.v1"]) {
  const outcome = readConnect(answered(200, body, headers), offered);
  return outcome.accepted ? outcome : flawOf(outcome, 500);
}

function refusesConnect(body: string, problem: RegExp): void {
  const answer = connect(body);
  assert(isUnusable(answer), body);
  assert.match(answer.problem, problem);
}

function reply(
  body: string | Uint8Array,
  contentType: string | undefined,
  framing: "raw" | "json" | "protobuf" = "json",
  headers: HeaderList = [],
) {
  const all = contentType === undefined
    ? headers
    : [...headers, ["content-type", contentType]] as HeaderList;
  const outcome = readReply(answered(200, body, all), TRAITS[framing]);
  return outcome.ok ? outcome : flawOf(outcome);
}

function payloadOf(answer: ReturnType<typeof reply>) {
  assert(!isUnusable(answer));
  return answer.reply?.payload;
}

Deno.test("connect: an empty body, null and {} leave everything to the token", () => {
  for (const body of ["", "null", "{}"]) assert.deepEqual(connect(body), UNCHANGED);
});

Deno.test("connect: every field is read, whatever the case of its name; unknown ones are ignored", () => {
  const body =
    '{"USERID":"mia","Groups":["a"],"roles":["r"],"subProtocol":"JSON.webpubsub.azure.V1","x":1}';
  assert.deepEqual(connect(body), {
    ...UNCHANGED,
    userId: "mia",
    groups: ["a"],
    roles: ["r"],
    subprotocol: "json.webpubsub.azure.v1",
  });
});

Deno.test("connect: a null field counts as absent", () => {
  const body = '{"userId":null,"groups":null,"roles":null,"subprotocol":null}';
  assert.deepEqual(connect(body), UNCHANGED);
});

Deno.test("connect: an empty user id is kept, empty groups are ignored, empty roles are kept", () => {
  const answer = connect('{"userId":"","groups":[],"roles":[],"subprotocol":""}');
  assert.deepEqual(answer, { ...UNCHANGED, userId: "", roles: [] });
});

Deno.test("connect: a body that is not JSON, no object, or nested too deep is unusable", () => {
  for (
    const body of ["<p>", "[]", '"x"', "1", "true", `{"x":${"[".repeat(64)}${"]".repeat(64)}}`]
  ) {
    refusesConnect(body, /not a JSON object/);
  }
});

Deno.test("connect: a field of the wrong type is unusable", () => {
  refusesConnect('{"userId":1}', /"userId"/);
  refusesConnect('{"groups":"a"}', /"groups"/);
  refusesConnect('{"groups":{}}', /"groups"/);
  refusesConnect('{"roles":"a"}', /"roles"/);
  refusesConnect('{"roles":[null]}', /"roles"/);
  refusesConnect('{"subprotocol":["a"]}', /"subprotocol"/);
});

Deno.test("connect: a group that is null, empty, blank or too long is unusable", () => {
  for (const group of [null, "", "  ", "x".repeat(1025)]) {
    refusesConnect(JSON.stringify({ groups: ["ok", group] }), /"groups"/);
  }
  const longest = "x".repeat(1024);
  assert.deepEqual(connect(JSON.stringify({ groups: [longest] })), {
    ...UNCHANGED,
    groups: [longest],
  });
});

Deno.test("connect: a user id that no header can carry is unusable", () => {
  refusesConnect('{"userId":"a\\nb"}', /"userId"/);
});

Deno.test("connect: a subprotocol that the client did not offer is unusable", () => {
  refusesConnect('{"subprotocol":"other"}', /"subprotocol"/);
});

Deno.test("connect: the chosen subprotocol comes in the client's spelling", () => {
  const answer = connect('{"subprotocol":"custom.v1"}', [], ["a", "Custom.V1"]);
  assert.deepEqual(answer, { ...UNCHANGED, subprotocol: "Custom.V1" });
});

Deno.test("connect: names that objects inherit are fields like any other", () => {
  assert.deepEqual(connect('{"__proto__":{"userId":"evil"},"constructor":1}'), UNCHANGED);
});

Deno.test("connect: the content type is not looked at, a byte order mark is skipped", () => {
  const answer = connect('\ufeff{"userId":"mia"}', [["content-type", "text/html"]]);
  assert.deepEqual(answer, { ...UNCHANGED, userId: "mia" });
});

Deno.test("the state is set by a header, also to nothing; no header leaves it", () => {
  const stateOf = (headers: HeaderList) => {
    const answer = connect("", headers);
    assert(!isUnusable(answer));
    return answer.state;
  };
  assert.equal(stateOf([["CE-ConnectionState", "eyJuIjoxfQ=="]]), "eyJuIjoxfQ==");
  assert.equal(stateOf([["ce-connectionState", ""]]), "");
  assert.equal(stateOf([]), undefined);
  // Two lines arrive as one value.
  assert.equal(stateOf([["ce-connectionState", "one"], ["ce-connectionState", "two"]]), "two");
  assert.equal(stateOf([["ce-connectionState", "a,b"]]), "a,b");
});

Deno.test("a state that is too long or beyond ASCII makes the answer unusable", () => {
  for (const state of ["x".repeat(32 * 1024 + 1), "\u00e9"]) {
    for (
      const answer of [
        connect("", [["ce-connectionState", state]]),
        reply("", undefined, "json", [["ce-connectionState", state]]),
      ]
    ) {
      assert(isUnusable(answer));
      assert.match(answer.problem, /connection state/);
    }
  }
  const longest = "x".repeat(32 * 1024);
  assert.equal(
    (connect("", [["ce-connectionState", longest]]) as { state: string }).state,
    longest,
  );
});

Deno.test("user event: an empty body without metadata is no reply, whatever its content type", () => {
  for (const type of [undefined, "text/plain", "text/html", "application/json"]) {
    assert.deepEqual(reply("", type), { ok: true, reply: undefined, state: undefined });
  }
});

Deno.test("user event: an empty body with metadata is an empty text", () => {
  assert.deepEqual(reply("", "text/html", "raw", [["X-WebPubSub-Metadata-K", "v"]]), {
    ok: true,
    reply: { payload: { kind: "text", text: "" }, metadata: new Map([["k", "v"]]) },
    state: undefined,
  });
});

Deno.test("user event: the media type decides, in any case and without its parameters", () => {
  const bytes = encoder.encode("1");
  const rows = [
    ["text/plain", { kind: "text", text: "1" }],
    ["Text/Plain; charset=utf-8", { kind: "text", text: "1" }],
    ["application/json;charset=utf-8", { kind: "json", text: "1" }],
    ["application/octet-stream", { kind: "binary", bytes }],
    ["application/x-protobuf", { kind: "protobuf", bytes }],
    [undefined, { kind: "binary", bytes }],
  ] as const;
  for (const [type, payload] of rows) {
    for (const framing of ["raw", "json"] as const) {
      assert.deepEqual(payloadOf(reply("1", type, framing)), payload);
    }
  }
});

Deno.test("user event: another content type with a body is unusable, and not quoted", () => {
  const answer = reply("<p>", "text/html");
  assert(isUnusable(answer));
  assert.match(answer.problem, /Content-Type .* not supported/);
  assert.match(answer.fix, /text\/plain, application\/json/);
});

Deno.test("user event: the text of a JSON reply is kept, digit by digit", () => {
  const text = '{"n": 12345678901234567890, "f": 1.0}';
  assert.deepEqual(payloadOf(reply(text, "application/json")), { kind: "json", text });
});

Deno.test("user event: a body that is no JSON fails for JSON clients only", () => {
  for (
    const text of ["{", "", `${"[".repeat(65)}${"]".repeat(65)}`].filter((text) => text !== "")
  ) {
    assert(isUnusable(reply(text, "application/json", "json")));
    for (const framing of ["raw", "protobuf"] as const) {
      assert.deepEqual(payloadOf(reply(text, "application/json", framing)), { kind: "json", text });
    }
  }
});

Deno.test("user event: a body that is no Any fails for protobuf clients only", () => {
  const broken = new Uint8Array([10, 5]);
  assert(isUnusable(reply(broken, "application/x-protobuf", "protobuf")));
  for (const framing of ["raw", "json"] as const) {
    assert.deepEqual(payloadOf(reply(broken, "application/x-protobuf", framing)), {
      kind: "protobuf",
      bytes: broken,
    });
  }
  const any = encodeAny({ typeUrl: "type.example.com/T", value: new Uint8Array([8, 1]) });
  assert.deepEqual(payloadOf(reply(any, "application/x-protobuf", "protobuf")), {
    kind: "protobuf",
    bytes: any,
  });
});

Deno.test("user event: what a language embeds decides, not which language it is", () => {
  const language = { shape: 9, hasAcks: true, embedsJson: true, embedsAny: true };
  for (const type of ["application/json", "application/x-protobuf"]) {
    const answer = answered(200, "{", [["content-type", type]]);
    assert.equal(readReply(answer, language).ok, false);
    assert.equal(readReply(answer, { ...language, embedsJson: false, embedsAny: false }).ok, true);
  }
});

Deno.test("user event: invalid UTF-8 in a text becomes U+FFFD, a byte order mark stays", () => {
  const payload = payloadOf(reply(new Uint8Array([0x61, 0xff]), "text/plain"));
  assert.deepEqual(payload, { kind: "text", text: "a\ufffd" });
  assert.deepEqual(payloadOf(reply("\ufeffa", "text/plain")), { kind: "text", text: "\ufeffa" });
});

Deno.test("user event: metadata keys are lower case, values what follows the last comma, trimmed", () => {
  const answer = reply("x", "text/plain", "json", [
    ["X-WEBPUBSUB-METADATA-Trace", "one"],
    ["x-webpubsub-metadata-trace", "two"],
    ["x-webpubsub-metadata-list", "a, b ,  c "],
    ["x-webpubsub-metadata-", "ignored"],
    ["x-other", "y"],
  ]);
  assert(!isUnusable(answer));
  assert.deepEqual(answer.reply?.metadata, new Map([["list", "c"], ["trace", "two"]]));
});

Deno.test("user event: metadata beyond the limits makes the answer unusable", () => {
  const beyond: HeaderList[] = [
    [[`x-webpubsub-metadata-${"k".repeat(257)}`, "v"]],
    [["x-webpubsub-metadata-k", "v".repeat(1025)]],
    [["x-webpubsub-metadata-k", "\u00e9"]],
    Array.from({ length: 9 }, (_, i) => [`x-webpubsub-metadata-${i}`, "v".repeat(1000)]),
  ];
  for (const headers of beyond) {
    const answer = reply("", undefined, "json", headers);
    assert(isUnusable(answer));
    assert.match(answer.problem, /metadata/);
  }
});

Deno.test("connect: a refusal keeps its status if it is one of an error, and is no fault of the handler", () => {
  for (const status of [400, 401, 403, 404, 429, 500, 503, 599]) {
    assert.deepEqual(readConnect(answered(status), []), { accepted: false, status });
  }
  for (const status of [301, 307, 304, 600]) {
    assert.deepEqual(readConnect(answered(status), []), { accepted: false, status: 500 });
  }
});

Deno.test("no answer at all is 500 for a client that connects, and a failed event", () => {
  for (const why of ["unreachable", "timedOut", "notPermitted", "noHandler"] as const) {
    const nothing: HandlerAnswer = { kind: "failed", why };
    assert.deepEqual(readConnect(nothing, []), { accepted: false, status: 500 });
    assert.deepEqual(readReply(nothing, TRAITS.json), { ok: false });
  }
});

Deno.test("user event: every status but 2xx fails the event, whatever else the answer holds", () => {
  for (const status of [302, 400, 404, 500]) {
    const refusal = answered(status, "private", [["content-type", "text/plain"]]);
    assert.deepEqual(readReply(refusal, TRAITS.json), { ok: false });
  }
});
