import assert from "node:assert/strict";
import {
  firstKnownOffer,
  KNOWN_SUBPROTOCOLS,
  negotiate,
  offeredSubprotocols,
  recoveryAnswer,
} from "../../src/protocol/negotiate.ts";

const JSON_V1 = "json.webpubsub.azure.v1";
const RELIABLE_JSON = "json.reliable.webpubsub.azure.v1";
const PROTOBUF = "protobuf.webpubsub.azure.v1";

const SIMPLE = {
  accepted: true,
  answer: undefined,
  subprotocol: undefined,
  framing: "raw",
  reliable: false,
};

Deno.test("offered names are listed in order, over several headers, without blanks", () => {
  assert.deepEqual(offeredSubprotocols(undefined), []);
  assert.deepEqual(offeredSubprotocols(null), []);
  assert.deepEqual(offeredSubprotocols(""), []);
  assert.deepEqual(offeredSubprotocols(" , a ,\tb,,c "), ["a", "b", "c"]);
  assert.deepEqual(offeredSubprotocols(["a,b", "c"]), ["a", "b", "c"]);
  assert.deepEqual(offeredSubprotocols('a b, "c", d/e, é, f'), ["f"]);
});

Deno.test("each known subprotocol is agreed on by its name in any case, answered as spelt", () => {
  for (const known of KNOWN_SUBPROTOCOLS) {
    for (const spelling of [known.name, known.name.toUpperCase()]) {
      assert.deepEqual(negotiate([spelling]), {
        accepted: true,
        answer: spelling,
        subprotocol: known.name,
        framing: known.framing,
        reliable: known.reliable,
      });
    }
  }
});

Deno.test("the first known name wins, whatever stands before it", () => {
  const result = negotiate(["chat", RELIABLE_JSON, PROTOBUF]);
  assert(result.accepted);
  assert.equal(result.answer, RELIABLE_JSON);
  assert.equal(result.reliable, true);
});

Deno.test("nothing offered, or only unknown names, make a simple client without a subprotocol", () => {
  assert.deepEqual(negotiate([]), SIMPLE);
  assert.deepEqual(negotiate(["chat", "json.webpubsub.azure.v2", "json.webpubsub"]), SIMPLE);
});

Deno.test("a known name that the handler selects goes before another one offered first", () => {
  const result = negotiate([PROTOBUF, JSON_V1.toUpperCase()], JSON_V1);
  assert(result.accepted);
  assert.equal(result.answer, JSON_V1.toUpperCase());
  assert.equal(result.subprotocol, JSON_V1);
  assert.equal(result.framing, "json");
});

Deno.test("an unknown name that the handler selects makes a simple client of that subprotocol", () => {
  assert.deepEqual(negotiate([JSON_V1, "Chat"], "chat"), {
    accepted: true,
    answer: "Chat",
    subprotocol: "Chat",
    framing: "raw",
    reliable: false,
  });
  const result = negotiate(["Chat", "chat"], "chat");
  assert(result.accepted);
  assert.equal(result.answer, "chat");
});

Deno.test("a name that was not offered cannot be selected, known or not", () => {
  assert.deepEqual(negotiate([PROTOBUF], JSON_V1), { accepted: false, selected: JSON_V1 });
  assert.deepEqual(negotiate([], "chat"), { accepted: false, selected: "chat" });
});

Deno.test("an empty selection is none", () => {
  assert.deepEqual(negotiate(["chat"], ""), SIMPLE);
});

Deno.test("recovery is answered with the original name as spelt, or without one", () => {
  const offered = [PROTOBUF, RELIABLE_JSON.toUpperCase()];
  assert.equal(recoveryAnswer(offered, RELIABLE_JSON), RELIABLE_JSON.toUpperCase());
  assert.equal(recoveryAnswer([PROTOBUF], RELIABLE_JSON), undefined);
  assert.equal(recoveryAnswer([], RELIABLE_JSON), undefined);
});

Deno.test("a refused recovery is answered with the first known name offered", () => {
  assert.equal(firstKnownOffer(["chat", PROTOBUF.toUpperCase()]), PROTOBUF.toUpperCase());
  assert.equal(firstKnownOffer(["chat"]), undefined);
});
