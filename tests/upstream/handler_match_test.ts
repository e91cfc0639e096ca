import assert from "node:assert/strict";
import { HandlerTable } from "../../src/upstream/handler_match.ts";
import { handler, settings } from "./fixture.ts";

Deno.test("the first handler that wants an event gets it, each event matched on its own", () => {
  const table = new HandlerTable(settings([
    handler({ urlTemplate: "http://one.test/", userEventPattern: "calc", systemEvents: [] }),
    handler({ urlTemplate: "http://two.test/", userEventPattern: "*", systemEvents: ["CONNECT"] }),
    handler({ urlTemplate: "http://three.test/" }),
  ]));
  assert.equal(table.forUser("chat", "calc")?.template.hostname, "one.test");
  assert.equal(table.forUser("chat", "message")?.template.hostname, "two.test");
  assert.equal(table.forSystem("chat", "connect")?.template.hostname, "two.test");
  assert.equal(table.forSystem("chat", "connected")?.template.hostname, "three.test");
});

Deno.test("a user event never matches system events, nor a system event the pattern", () => {
  const table = new HandlerTable(settings([
    handler({ userEventPattern: undefined, systemEvents: ["connected"] }),
    handler({ userEventPattern: "connect", systemEvents: [] }),
  ]));
  assert.equal(table.forUser("chat", "connected"), undefined);
  assert.equal(table.forSystem("chat", "connect"), undefined);
  assert.notEqual(table.forUser("chat", "connect"), undefined);
});

Deno.test("a hub without an entry has no handlers, unless * has some; nothing is merged", () => {
  const one = settings([handler()]);
  assert.equal(new HandlerTable(one).forUser("other", "m"), undefined);
  const hubs = new Map([["*", [handler()]], ["own", []]]);
  const withDefault = new HandlerTable(settings([], { hubs }));
  assert.notEqual(withDefault.forUser("other", "m"), undefined);
  assert.equal(withDefault.forUser("own", "m"), undefined);
});

Deno.test("an invalid setting is refused with hub, handler, reason and remedy, and without secrets", () => {
  const refused = (changes: Parameters<typeof handler>[0], message: RegExp) =>
    assert.throws(() => new HandlerTable(settings([handler(), handler(changes)])), message);
  refused(
    { urlTemplate: "ftp://h/x?code=s3cret" },
    /^Error: Cannot use the URL template "ftp:\/\/h\/x" of event handler 2 of hub "chat": it has the scheme "ftp"; use http/,
  );
  refused({ userEventPattern: "a*" }, /user event pattern of event handler 2/);
  refused({ systemEvents: ["joined"] }, /it is unknown; use "connect", "connected"/);
  const header = (
    name: string,
    value: string,
  ) => ({ auth: { kind: "header", name, value } } as const);
  refused(header("a b", "x"), /is no header name/);
  refused(header("ce-userId", "x"), /is a header that the server sets itself/);
  refused(header("X-Key", "s3cret\n"), /^(?!.*s3cret).*last line feed/);
  const oauth = { clientId: "i", clientSecret: "s3cret", scope: undefined };
  refused(
    { auth: { kind: "oauth2", tokenUrl: "/token?x=s3cret", ...oauth } },
    /^(?!.*s3cret).*token URL "\/token"/,
  );
});
