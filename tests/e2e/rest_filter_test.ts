// Filters on REST sends: whom they choose, and how they are refused.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { invalidOf, jsonClient, nextData, plainClient, sendText } from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";

const HUB = "/api/hubs/chat";

/** The examples of the service's reference, over three connections: P, Q, Z. */
const SELECTED: readonly (readonly [filter: string, selected: string])[] = [
  ["userId eq 'kim-07-eu'", "P"],
  ["userId eq 'Kim-07-EU'", ""],
  ["USERID ne 'LEE'", "PZ"],
  ["userId in ('LEE', 'Poe, Edgar')", "Q"],
  ["'ops' in groups or userId eq null", "PZ"],
  ["not ('north' in groups)", "Z"],
  ["'north' in groups and not ('ops' in groups)", "Q"],
  ["userId eq 'LEE' or userId eq 'kim-07-eu' and 'x' in groups", "Q"],
  ["(userId eq 'LEE' or userId eq 'kim-07-eu') and 'ops' in groups", "P"],
  ["substring(userId,4,2) eq '07'", "P"],
  ["substring(userId,1,9) ne 'x'", "PQZ"],
  ["length(userId) le 3", "Q"],
  ["indexof(userId,'zz') lt 0", "PQZ"],
  ["indexof(userId,'-07-') ge 0 and endswith(toupper(userId),'EU')", "P"],
  ["concat(userId,'!') eq '!'", "Z"],
  ["trim(' LEE ') eq userId", "Q"],
  ["protocol ne 'json.reliable.webpubsub.azure.v1'", "PZ"],
  ["length(groups) eq 0", "Z"],
  ["true", "PQZ"],
  ["false", ""],
  ["", "PQZ"],
  [" ", "PQZ"],
];

Deno.test("a filter chooses the receivers of a send to all", async () => {
  await using server = await startServer(QUIET);
  using p = await jsonClient(server, "chat", { userId: "kim-07-eu", groups: ["north", "ops"] });
  using q = await jsonClient(server, "chat", { userId: "LEE", groups: ["north"], reliable: true });
  using z = await plainClient(server, "chat");
  const next = {
    P: () => nextData(p),
    Q: () => nextData(q),
    Z: async () => {
      const received = await z.next();
      return received.kind === "text" ? received.text : received;
    },
  };
  for (const [filter, selected] of SELECTED) {
    await sendText(server, `${HUB}/:send?filter=${encodeURIComponent(filter)}`, filter);
    await sendText(server, `${HUB}/:send`, "end");
    for (const name of ["P", "Q", "Z"] as const) {
      if (selected.includes(name)) assert.equal(await next[name](), filter);
      assert.equal(await next[name](), "end", `${name} got: ${filter}`);
    }
  }
});

Deno.test("a filter cuts a group or a user down, and excluded ids go besides", async () => {
  await using server = await startServer(QUIET);
  using a = await jsonClient(server, "chat", { userId: "u", groups: ["g", "h"] });
  using b = await jsonClient(server, "chat", { userId: "u", groups: ["g"] });
  using c = await jsonClient(server, "chat", { userId: "u", groups: ["g", "h"] });
  const filter = encodeURIComponent("'h' in groups");
  for (const path of ["/groups/g/:send", "/users/u/:send"]) {
    await sendText(server, `${HUB}${path}?filter=${filter}`, "both");
    assert.deepEqual([await nextData(a), await nextData(c)], ["both", "both"]);
  }
  await sendText(server, `${HUB}/groups/g/:send?filter=${filter}&excluded=${c.id}`, "a only");
  await sendText(server, `${HUB}/:send`, "end");
  assert.deepEqual([await nextData(a), await nextData(a)], ["a only", "end"]);
  assert.deepEqual([await nextData(b), await nextData(c)], ["end", "end"]);
});

Deno.test("an invalid filter is 400 with the service's text, whether or not anybody would receive", async () => {
  await using server = await startServer(QUIET);
  for (
    const [filter, detail] of [
      ["userId lt 1", "'userId lt 1': Type 'string', expect 'int'."],
      ["( not 'a' )", "'not 'a'': Type 'string', expect 'bool'."],
      ["not length(userId) gt 5", "'not length(userId)': Type 'null', expect 'bool'."],
      ["true or userId", "'True or userId': Type 'string', expect 'bool'."],
      ["userId", "'userId': Type 'string', expect 'bool'."],
      ["ab eq 1", "'ab eq 1': Token 'ab' is not supported."],
      ["'g' in userId2", "''g' in userId2': Token 'userId2' is not supported."],
      ["invalid filter", "'invalid filter': Syntax error at position 14 in 'invalid filter'."],
    ] as const
  ) {
    for (const path of ["/:send", "/groups/nobody/:send", "/users/nobody/:send"]) {
      const target = `${HUB}${path}?filter=${encodeURIComponent(filter)}`;
      const answer = await raw(server, "POST", target, { body: "x" });
      assert.equal(answer.status, 400, filter);
      const { message, target: blamed } = invalidOf(answer, "application/problem+json");
      assert.equal(blamed, "filter");
      assert.equal(message, `Invalid syntax for ${detail} (Parameter 'filter')`);
    }
  }
});
