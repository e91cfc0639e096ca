// Sends of the REST API: what each kind of body becomes for each kind of client, and who gets it.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import {
  errorOf,
  invalidOf,
  jsonClient,
  nextData,
  plainClient,
  sendText,
} from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";

const HUB = "/api/hubs/chat";

Deno.test("a message tells JSON clients where it came from, with its members in order", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
  const fromServer = '{"type":"message","from":"server","dataType":"text","data":"Hi"}';
  for (
    const [path, frame] of [
      ["/:send", fromServer],
      ["/users/ann/:send", fromServer],
      [`/connections/${client.id}/:send`, fromServer],
      [
        "/groups/g/:send",
        '{"type":"message","from":"group","group":"g","dataType":"text","data":"Hi"}',
      ],
    ] as const
  ) {
    await sendText(server, HUB + path, "Hi");
    assert.equal(await client.ws.text(), frame);
  }
});

Deno.test("reliable clients get a sequence id besides", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { reliable: true });
  await sendText(server, `${HUB}/:send`, "one");
  await sendText(server, `${HUB}/:send`, "two");
  assert.equal((await client.ws.json()).sequenceId, 1);
  assert.equal((await client.ws.json()).sequenceId, 2);
});

Deno.test("text, JSON and binary bodies become the matching data of JSON and of simple clients", async () => {
  await using server = await startServer(QUIET);
  using json = await jsonClient(server, "chat");
  using plain = await plainClient(server, "chat");
  const number = '{ "b":1.0, "a":12345678901234567890 , "e":1E400}';
  for (
    const [type, body, dataType, data, frame] of [
      ["text/plain", "hi", "text", '"hi"', "hi"],
      ["TEXT/Plain; Charset=UTF-8", "ü", "text", '"ü"', "ü"],
      ['text/plain;charset="utf-8" ; x=y', "q", "text", '"q"', "q"],
      ["text/plain", "", "text", '""', ""],
      ["text/plain", new Uint8Array([0x61, 0xff]), "text", '"a\ufffd"', "a\ufffd"],
      ["text/plain; charset=iso-8859-1", new Uint8Array([0xfc]), "text", '"ü"', "ü"],
      ["application/json", number, "json", number, number],
      ["Application/JSON; charset=utf-8", "null", "json", "null", "null"],
      ["application/json", "42", "json", "42", "42"],
      ["application/json", '"x"', "json", '"x"', '"x"'],
      ["application/json", "[]", "json", "[]", "[]"],
      [
        "application/json; charset=utf-16le",
        new Uint8Array([0x34, 0, 0x32, 0]),
        "json",
        "42",
        "42",
      ],
      ["application/octet-stream", new Uint8Array([0, 255]), "binary", '"AP8="', [0, 255]],
      ["application/octet-stream; charset=none", "x", "binary", '"eA=="', [120]],
      ["application/octet-stream", "", "binary", '""', []],
      [undefined, "x", "binary", '"eA=="', [120]],
    ] as const
  ) {
    const headers: Record<string, string> = type === undefined ? {} : { "Content-Type": type };
    const answer = await raw(server, "POST", `${HUB}/:send`, { headers, body });
    assert.equal(answer.status, 202, `${type} ${answer.body}`);
    assert.equal(
      await json.ws.text(),
      `{"type":"message","from":"server","dataType":"${dataType}","data":${data}}`,
    );
    const received = await plain.next();
    assert.deepEqual(
      received.kind === "text"
        ? received.text
        : received.kind === "binary"
        ? [...received.bytes]
        : received,
      frame,
    );
  }
});

Deno.test("other, malformed and encoded media are 415 and deliver nothing", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  for (
    const headers of [
      { "Content-Type": "image/png" },
      { "Content-Type": "application/x-protobuf" },
      { "Content-Type": "application/x-www-form-urlencoded" },
      { "Content-Type": "text" },
      { "Content-Type": 'text/plain;charset="utf-8' },
      { "Content-Type": "text/plain; charset=klingon" },
      { "Content-Type": "application/json; charset=klingon" },
      { "Content-Type": "text/plain, application/json" },
      { "Content-Type": "text/plain x" },
      { "Content-Type": "text/plain", "Content-Encoding": "gzip" },
      { "Content-Type": "text/plain", "Content-Encoding": "br" },
    ]
  ) {
    const answer = await raw(server, "POST", `${HUB}/:send`, { headers, body: "1" });
    assert.equal(answer.status, 415, headers["Content-Type"]);
    const { code, target } = errorOf(answer.body);
    assert.deepEqual([code, target], ["Error.UnsupportedMediaType", "Request"]);
    assert.equal(answer.headers.get("x-ms-error-code"), code);
  }
  const identity = { "Content-Type": "text/plain", "Content-Encoding": "identity" };
  const last = await raw(server, "POST", `${HUB}/:send`, { headers: identity, body: "end" });
  assert.equal(last.status, 202);
  assert.equal(await nextData(client), "end");
});

Deno.test("a JSON body is one valid JSON text, or 400 with nothing delivered", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  const headers = { "Content-Type": "application/json" };
  for (
    const body of [
      "",
      " ",
      "{",
      "{'a':1}",
      "1 2",
      "undefined",
      "NaN",
      "[1,]",
      "\ufeff{}",
      new Uint8Array([0x22, 0xff, 0x22]),
    ]
  ) {
    const answer = await raw(server, "POST", `${HUB}/:send`, { headers, body });
    assert.equal(answer.status, 400, String(body));
    const { message, target } = errorOf(answer.body);
    assert.deepEqual([message, target], ["The request body is not a valid JSON.", "Request"]);
  }
  await sendText(server, `${HUB}/:send`, "end");
  assert.equal(await nextData(client), "end");
});

Deno.test("excluded ids are compared exactly, for hub and group sends only", async () => {
  await using server = await startServer(QUIET);
  const inGroup = { groups: ["g"], userId: "u" };
  using a = await jsonClient(server, "chat", inGroup);
  using b = await jsonClient(server, "chat", inGroup);
  for (const path of ["/:send", "/groups/g/:send"]) {
    await sendText(server, `${HUB}${path}?excluded=${a.id}&excluded=nobody&excluded=${a.id}`, "b");
    await sendText(server, `${HUB}${path}?Excluded=${a.id}&excluded=${b.id}`, "nobody");
    for (const near of [`${a.id},${b.id}`, `%20${a.id}`, a.id.toLowerCase() + "x", ""]) {
      await sendText(server, `${HUB}${path}?excluded=${near}`, "both");
    }
    assert.equal(await nextData(b), "b");
    for (let i = 0; i < 4; i++) {
      assert.deepEqual([await nextData(a), await nextData(b)], ["both", "both"]);
    }
  }
  await sendText(server, `${HUB}/users/u/:send?excluded=${a.id}`, "user");
  assert.deepEqual([await nextData(a), await nextData(b)], ["user", "user"]);
  await sendText(server, `${HUB}/connections/${a.id}/:send?excluded=${a.id}&filter=(`, "one");
  assert.equal(await nextData(a), "one");
});

Deno.test("sends that are awaited one after the other arrive in that order, only where they belong", async () => {
  await using server = await startServer(QUIET);
  using ann = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
  using bob = await jsonClient(server, "chat", { userId: "bob" });
  using elsewhere = await jsonClient(server, "other", { userId: "ann", groups: ["g"] });
  const sent: string[] = [];
  for (let i = 0; i < 20; i++) {
    for (const path of ["/:send", "/groups/g/:send", "/users/ann/:send"]) {
      sent.push(path + i);
      await sendText(server, HUB + path, path + i);
    }
  }
  for (const text of sent) assert.equal(await nextData(ann), text);
  for (let i = 0; i < 20; i++) assert.equal(await nextData(bob), `/:send${i}`);
  await sendText(server, "/api/hubs/other/:send", "end");
  assert.equal(await nextData(elsewhere), "end");
});

Deno.test("messageTtlSeconds is 0 to 300 in decimal digits", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { userId: "u", groups: ["g"] });
  const paths = ["/:send", "/groups/g/:send", "/users/u/:send", `/connections/${client.id}/:send`];
  for (const path of paths) {
    for (const ttl of ["", "0", "1", "300"]) {
      await sendText(server, `${HUB}${path}?messageTtlSeconds=${ttl}`, ttl);
      assert.equal(await nextData(client), ttl);
    }
    for (
      const ttl of ["-1", "301", "abc", "1.5", "%2B1", "1e1", "0x1", "%201", "99999999999999999999"]
    ) {
      const answer = await raw(server, "POST", `${HUB}${path}?messageTtlSeconds=${ttl}`, {
        headers: { "Content-Type": "text/plain" },
        body: "no",
      });
      assert.equal(answer.status, 400, ttl);
      const { message, target } = invalidOf(answer, "application/json");
      assert.deepEqual([message, target], ["Invalid messageTtlSeconds.", "messageTtlSeconds"]);
    }
  }
  await sendText(server, `${HUB}/:send`, "end");
  assert.equal(await nextData(client), "end");
});
