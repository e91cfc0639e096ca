import assert from "node:assert/strict";
import { type CloseCategory, END_NAMES, type EndRule, ENDS } from "../../src/ends.ts";
import { MAX_CLOSE_REASON_BYTES } from "../../src/transport/websocket_protocol.ts";

const rows: readonly (readonly [string, EndRule])[] = END_NAMES.map((end) => [end, ENDS[end]]);

Deno.test("close codes are those of the service, or none", () => {
  const codes = new Set(rows.map(([, { code }]) => code));
  assert.deepEqual([...codes].sort(), [0, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011]);
});

Deno.test("every text fits a close frame", () => {
  for (const [end, { text, frameText }] of rows) {
    const bytes = new TextEncoder().encode(frameText ?? text).length;
    assert.ok(bytes <= MAX_CLOSE_REASON_BYTES, end);
  }
});

Deno.test("who may come back is never told to give up, unless the queue of its socket is full", () => {
  // 1008 tells official clients not to recover; a reliable slow consumer is dropped without a frame instead.
  const returning = rows.filter(([, { mayReturn }]) => mayReturn).map((
    [end, { code }],
  ) => [end, code]);
  assert.deepEqual(returning, [["clientLeft", 0], ["cut", 0], ["slowConsumer", 1008]]);
});

Deno.test("only ends by the application and the service's own stop are announced", () => {
  const announced = rows.filter(([, row]) => row.announced).map(([end]) => end);
  assert.deepEqual(announced, ["applicationClosed", "serverShutdown"]);
});

Deno.test("only a client's own goodbye lets what it sent before be carried out", () => {
  const finishing = rows.filter(([, { finishes }]) => finishes).map(([end]) => end);
  assert.deepEqual(finishing, ["clientClosed", "clientLeft"]);
});

Deno.test("every category of the service is used: each says something about ours", () => {
  const all: Readonly<Record<CloseCategory, true>> = {
    Normal: true,
    Throttled: true,
    SendEventFailed: true,
    EventHandlerNotFound: true,
    SlowClient: true,
    ServiceTransientError: true,
    BadRequest: true,
    ServiceReload: true,
    Unauthorized: true,
  };
  const used = new Set(rows.map(([, { category }]) => category));
  assert.deepEqual([...used].sort(), Object.keys(all).sort());
});
