// The connections of a group, page by page.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { invalidOf, type JsonClient, jsonClient } from "../rest/clients.ts";
import { raw, type RawInit, tokenFor } from "../rest/raw_http.ts";

const ROOM = "/api/hubs/chat/groups/room/connections";

interface Page {
  readonly value: readonly { readonly connectionId: string; readonly userId: string | null }[];
  readonly nextLink?: string;
}

async function page(server: HubbubServer, target: string, init: RawInit = {}): Promise<Page> {
  const answer = await raw(server, "GET", target, init);
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body);
}

/** The target behind an absolute link of this server. */
function targetOf(server: HubbubServer, link: string | undefined): string {
  assert.ok(link !== undefined && link.startsWith(`${server.endpoint}/`), link);
  return link.slice(server.endpoint.length);
}

function tokenIn(link: string | undefined): string {
  return new URL(link ?? "").searchParams.get("continuationToken") ?? "";
}

/** All pages from `target` on, by their links. */
async function pages(server: HubbubServer, target: string): Promise<string[][]> {
  const all: string[][] = [];
  for (let next: string | undefined = target; next !== undefined;) {
    const { value, nextLink }: Page = await page(server, next);
    all.push(value.map(({ connectionId }) => connectionId));
    next = nextLink === undefined ? undefined : targetOf(server, nextLink);
  }
  return all;
}

/** `count` members of a group, in order of their ids; disposes of them all. */
async function fill(server: HubbubServer, count: number, group = "room") {
  const clients: JsonClient[] = [];
  for (let i = 0; i < count; i++) {
    clients.push(await jsonClient(server, "chat", { groups: [group] }));
  }
  clients.sort((a, b) => a.id < b.id ? -1 : 1);
  return {
    clients,
    ids: clients.map(({ id }) => id),
    [Symbol.dispose]: () => clients.forEach((client) => client[Symbol.dispose]()),
  };
}

Deno.test("a listing shows ids and users; an unknown group or hub is an empty one", async () => {
  await using server = await startServer(QUIET);
  using ann = await jsonClient(server, "chat", { userId: "ann", groups: ["room"] });
  assert.equal(
    (await raw(server, "GET", ROOM)).body,
    `{"value":[{"connectionId":"${ann.id}","userId":"ann"}]}`,
  );
  using nobody = await jsonClient(server, "chat", { groups: ["anonymous"] });
  assert.equal(
    (await raw(server, "GET", "/api/hubs/chat/groups/anonymous/connections")).body,
    `{"value":[{"connectionId":"${nobody.id}","userId":null}]}`,
  );
  for (const target of ["/api/hubs/chat/groups/x/connections", ROOM.replace("chat", "other")]) {
    assert.equal((await raw(server, "GET", target)).body, '{"value":[]}');
  }
});

Deno.test("pages come in order of the ids; the last one, and the one that uses top up, have no link", async () => {
  await using server = await startServer(QUIET);
  using room = await fill(server, 7);
  const { ids } = room;
  for (
    const [query, expected] of [
      ["", [ids]],
      ["?maxpagesize=200&top=2147483647", [ids]],
      ["?maxpagesize=3", [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]],
      ["?maxpagesize=7", [ids]],
      ["?MaxPageSize=6", [ids.slice(0, 6), ids.slice(6)]],
      ["?top=2", [ids.slice(0, 2)]],
      ["?maxpagesize=2&top=5", [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4, 5)]],
      ["?maxpagesize=2&top=4", [ids.slice(0, 2), ids.slice(2, 4)]],
      ["?maxpagesize=0003&top=03", [ids.slice(0, 3)]],
    ] as const
  ) {
    assert.deepEqual(await pages(server, ROOM + query), expected, query);
  }
});

Deno.test("the page size is 200 unless a smaller one is asked for", async () => {
  await using server = await startServer(QUIET);
  using room = await fill(server, 203);
  const all = await pages(server, ROOM);
  assert.deepEqual(all.map(({ length }) => length), [200, 3]);
  assert.deepEqual(all.flat(), room.ids);
});

Deno.test("nextLink is absolute, repeats the path as sent, and carries what is left of top", async () => {
  await using server = await startServer(QUIET);
  using _room = await fill(server, 4, "a/b c");
  const path = "/api/hubs/Chat/groups/a%2Fb%20c/connections";
  const { nextLink } = await page(server, `${path}?maxpagesize=1&top=3&api-version=2021-10-01`);
  const link = new URL(targetOf(server, nextLink), server.endpoint);
  assert.ok(nextLink?.startsWith(`${server.endpoint}${path}?`));
  const { continuationToken, ...rest } = Object.fromEntries(link.searchParams);
  assert.deepEqual(rest, { "api-version": "2024-12-01", maxpagesize: "1", top: "2" });
  assert.match(continuationToken ?? "", /^[A-Za-z0-9._~-]{1,2048}$/);
  const target = targetOf(server, nextLink);
  assert.equal((await raw(server, "GET", target, { token: null })).status, 401);
  const elsewhere = await page(server, path + "?maxpagesize=1", { headers: { Host: "pub:81" } });
  assert.ok(elsewhere.nextLink?.startsWith(`http://pub:81${path}?`));
});

Deno.test("who leaves between two pages makes nobody be skipped or repeated", async () => {
  await using server = await startServer(QUIET);
  using room = await fill(server, 6);
  const { ids } = room;
  const first = await page(server, `${ROOM}?maxpagesize=3`);
  // The cursor itself, one before it and one behind it.
  for (const gone of [0, 2, 3]) {
    const path = `/api/hubs/chat/groups/room/connections/${ids[gone]}`;
    assert.equal((await raw(server, "DELETE", path)).status, 204);
  }
  const target = targetOf(server, first.nextLink);
  assert.deepEqual(await pages(server, target), [ids.slice(4)]);
  await raw(server, "POST", "/api/hubs/chat/:closeConnections");
  assert.deepEqual(await pages(server, target), [[]]);
});

Deno.test("maxpagesize and top are decimal digits within bounds, once", async () => {
  await using server = await startServer(QUIET);
  for (
    const [name, wrong] of [
      ["maxpagesize", ["0", "201", "-1", "abc", "1.5", "", "%2B1", "1&maxpagesize=1"]],
      ["top", ["0", "2147483648", "-1", "abc", "1.5", "", "1&Top=1"]],
    ] as const
  ) {
    for (const value of wrong) {
      const answer = await raw(server, "GET", `${ROOM}?${name}=${value}`);
      assert.equal(answer.status, 400, `${name}=${value}`);
      const { message, target } = invalidOf(answer, "application/json");
      assert.deepEqual([message, target], [`Invalid ${name}.`, name]);
    }
  }
});

Deno.test("a continuation token is good for its own hub and group only, and only unaltered", async () => {
  await using server = await startServer(QUIET);
  using room = await fill(server, 2);
  const { nextLink } = await page(server, `${ROOM}?maxpagesize=1`);
  const good = tokenIn(nextLink);
  const at = (path: string, token: string) =>
    raw(server, "GET", `${path}?continuationToken=${encodeURIComponent(token)}`);
  for (const path of [ROOM, ROOM.replace("chat", "CHAT")]) {
    assert.deepEqual(JSON.parse((await at(path, good)).body).value.length, 1);
  }
  const altered = [...good].map((char, i) =>
    good.slice(0, i) + (char === "A" ? "B" : "A") + good.slice(i + 1)
  );
  const lastChars = ["A", "B", "C", "D", "=", "."].map((char) => good + char);
  // Spare bits of the last character, padding and other alphabets would decode to the same id.
  const [encoded = "", mac] = good.split(".");
  for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
    const other = `${encoded.slice(0, -1)}${char}.${mac}`;
    if (other !== good) altered.push(other);
  }
  altered.push(`${encoded}=.${mac}`, `${encoded}\n.${mac}`);
  const made = [room.ids[0] ?? "", btoa(room.ids[0] ?? ""), "x", "", " ", ".", "x".repeat(2049)];
  for (const token of [...altered, ...lastChars, good.slice(0, -1), ...made]) {
    const answer = await at(ROOM, token);
    assert.equal(answer.status, 400, token);
    const { message, target } = invalidOf(answer, "application/json");
    assert.deepEqual([message, target], ["Invalid continuationToken.", "continuationToken"]);
  }
  for (const path of [ROOM.replace("room", "Room"), ROOM.replace("chat", "other")]) {
    assert.equal((await at(path, good)).status, 400);
  }
  const twice = `${ROOM}?continuationToken=${good}&continuationToken=${good}`;
  assert.equal((await raw(server, "GET", twice)).status, 400);
});

Deno.test("a whole nextLink is taken as a continuation token, as .NET's client sends it", async () => {
  await using server = await startServer(QUIET);
  using room = await fill(server, 3);
  const { nextLink = "" } = await page(server, `${ROOM}?maxpagesize=1&top=2`);
  const long = `${nextLink}&padding=${"x".repeat(14_000)}`;
  for (const link of [nextLink, nextLink.replace("http://", "HTTPS://"), long]) {
    const target = `${ROOM}?continuationToken=${encodeURIComponent(link)}`;
    const token = { token: tokenFor(server, ROOM) };
    const { value } = await page(server, target, token);
    assert.deepEqual(value.map(({ connectionId }) => connectionId), room.ids.slice(1));
  }
  for (
    const link of ["http://x/", "http://x/?continuationToken=", "http://x/?continuationToken=y"]
  ) {
    const target = `${ROOM}?continuationToken=${encodeURIComponent(link)}`;
    assert.equal((await raw(server, "GET", target)).status, 400, link);
  }
});
