/** What we send is read back by the official CloudEvents library as the checker. */
import assert from "node:assert/strict";
import { CloudEvent, HTTP } from "npm:cloudevents@10.0.0";
import fc from "fast-check";
import type { EventSource } from "../../src/hub/ports.ts";
import { EMPTY_TEXT } from "../../src/protocol/command.ts";
import {
  connectedEvent,
  connectEvent,
  disconnectedEvent,
  eventHeaders,
  type OutgoingEvent,
  userEvent as eventOf,
} from "../../src/upstream/cloud_event.ts";
import { eventRequest } from "../../src/webpubsub/request.ts";
import { FAKE_START } from "../support/fake_platform.ts";
import { type ClientEvent, CONNECT, MIA, ORIGIN, SIGNATURE, source, textEvent } from "./fixture.ts";

const CONTEXT = {
  id: 7,
  time: FAKE_START + 999,
  signature: SIGNATURE,
  origin: ORIGIN,
  requestId: "0c0b8f3e-6a51-4b0e-9c8e-6f2a3d1b7e55",
};

function headersOf(event: OutgoingEvent, of: EventSource = source(), id = 7) {
  const built = eventHeaders(of, event, { ...CONTEXT, id });
  assert(built.ok, built.ok ? "" : built.header);
  return built.headers;
}

function refusedHeader(event: OutgoingEvent, of: EventSource = source()): string | undefined {
  const built = eventHeaders(of, event, CONTEXT);
  return built.ok ? undefined : built.header;
}

/** What the official library makes of a request. */
function parsed(event: OutgoingEvent, of: EventSource = source()): CloudEvent<unknown> {
  // The library expects the lower-case names that HTTP servers give.
  const headers = Object.fromEntries(new Headers(headersOf(event, of)));
  const cloudEvent = HTTP.toEvent({ headers, body: event.request.body });
  assert(cloudEvent instanceof CloudEvent);
  assert.equal(cloudEvent.validate(), true);
  return cloudEvent;
}

function userEvent({ name, payload, metadata }: ClientEvent): OutgoingEvent {
  return eventOf(name, eventRequest(payload, metadata));
}

function payloadEvent(payload: ClientEvent["payload"]): OutgoingEvent {
  return userEvent({ name: "calc", payload, metadata: undefined });
}

Deno.test("a user event has exactly the headers of the service", () => {
  assert.deepEqual(headersOf(userEvent(textEvent("Calc")), source({ state: "eyJuIjoxfQ==" })), {
    "ce-specversion": "1.0",
    "ce-awpsversion": "1.0",
    "ce-type": "azure.webpubsub.user.Calc",
    "ce-source": "/hubs/chat/client/4f1c0b6e2d9a4c35",
    "ce-id": "7",
    "ce-time": "2026-11-24T09:30:00Z",
    "ce-hub": "chat",
    "ce-eventName": "Calc",
    "ce-connectionId": "4f1c0b6e2d9a4c35",
    "ce-userId": "mia",
    "ce-subprotocol": "json.webpubsub.azure.v1",
    "ce-signature": SIGNATURE,
    "ce-connectionState": "eyJuIjoxfQ==",
    "WebHook-Request-Origin": ORIGIN,
    "Content-Type": "text/plain; charset=utf-8",
    "x-ms-client-request-id": CONTEXT.requestId,
  });
});

Deno.test("connect has neither subprotocol nor state, and all five fields in its body", () => {
  const event = connectEvent(CONNECT);
  const headers = headersOf(event, source({ state: "x" }), 0);
  assert.equal(headers["ce-type"], "azure.webpubsub.sys.connect");
  assert.equal(headers["ce-eventName"], "connect");
  assert.equal(headers["ce-id"], "0");
  assert.equal(headers["Content-Type"], "application/json; charset=utf-8");
  assert.equal(headers["ce-userId"], "mia");
  assert(!("ce-subprotocol" in headers) && !("ce-connectionState" in headers));
  assert.deepEqual(JSON.parse(String(event.request.body)), {
    claims: MIA.claims,
    query: { room: ["a", "b"] },
    headers: { "x-team": ["blue"] },
    subprotocols: MIA.subprotocols,
    clientCertificates: [],
  });
});

Deno.test("a user event called connect keeps subprotocol and state: it is no system event", () => {
  const headers = headersOf(userEvent(textEvent("connect")), source({ state: "x" }));
  assert.equal(headers["ce-subprotocol"], "json.webpubsub.azure.v1");
  assert.equal(headers["ce-connectionState"], "x");
});

Deno.test("connected has an empty object, disconnected its reason, both as JSON with a charset", () => {
  for (
    const [event, name, body] of [
      [connectedEvent(), "connected", "{}"],
      [disconnectedEvent('bye "x"'), "disconnected", '{"reason":"bye \\"x\\""}'],
    ] as const
  ) {
    const headers = headersOf(event);
    assert.equal(headers["ce-type"], `azure.webpubsub.sys.${name}`);
    assert.equal(headers["ce-eventName"], name);
    assert.equal(headers["Content-Type"], "application/json; charset=utf-8");
    assert.equal(event.request.body, body);
  }
});

Deno.test("no user id, or an empty one, sends no ce-userId; a client without subprotocol none of that", () => {
  const event = userEvent(textEvent());
  for (const userId of [undefined, ""]) {
    assert(!("ce-userId" in headersOf(event, source({ userId }))));
  }
  assert(!("ce-subprotocol" in headersOf(event, source({ subprotocol: undefined }))));
});

Deno.test("an empty state is an empty header, no state is no header", () => {
  const event = userEvent(textEvent());
  assert.equal(headersOf(event, source({ state: "" }))["ce-connectionState"], "");
  assert(!("ce-connectionState" in headersOf(event)));
});

Deno.test("a user id travels as its UTF-8 bytes", () => {
  const header = headersOf(connectedEvent(), source({ userId: "Zoë 😀" }))["ce-userId"] ?? "";
  const bytes = Uint8Array.from(header, (char) => char.charCodeAt(0));
  assert.equal(new TextDecoder().decode(bytes), "Zoë 😀");
});

Deno.test("each kind of payload has its content type and its bytes", () => {
  const bytes = new Uint8Array([0, 255]);
  const rows = [
    [{ kind: "text", text: "hé" }, "text/plain; charset=utf-8", "hé"],
    [{ kind: "json", text: '{"a": 1.0}' }, "application/json", '{"a": 1.0}'],
    [{ kind: "binary", bytes }, "application/octet-stream", bytes],
    [{ kind: "protobuf", bytes }, "application/x-protobuf", bytes],
    [EMPTY_TEXT, "text/plain; charset=utf-8", ""],
  ] as const;
  for (const [payload, contentType, body] of rows) {
    const event = payloadEvent(payload);
    assert.equal(headersOf(event)["Content-Type"], contentType);
    assert.deepEqual(event.request.body, body);
  }
});

Deno.test("bytes in shared memory are copied, since fetch does not take them", () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(2));
  bytes[1] = 9;
  const { body } = payloadEvent({ kind: "binary", bytes }).request;
  assert(body instanceof Uint8Array && body.buffer instanceof ArrayBuffer);
  assert.deepEqual([...body], [0, 9]);
});

Deno.test("metadata becomes headers with keys in lower case; of keys that differ in case the last wins", () => {
  const metadata = new Map([["Trace", "a"], ["other", ""], ["TRACE", "b, c"]]);
  const headers = headersOf(userEvent({ ...textEvent(), metadata }));
  assert.equal(headers["x-webpubsub-metadata-trace"], "b, c");
  assert.equal(headers["x-webpubsub-metadata-other"], "");
  assert.equal(Object.keys(headers).filter((name) => name.startsWith("x-webpubsub")).length, 2);
});

Deno.test("CR, LF, NUL and other controls are refused everywhere, non-ASCII everywhere but in the user id", () => {
  const event = userEvent(textEvent());
  for (const bad of ["\r", "\n", "\0", "\x7f", "\x01"]) {
    assert.equal(refusedHeader(event, source({ userId: `a${bad}b` })), "ce-userId");
    assert.equal(refusedHeader(event, source({ state: `a${bad}b` })), "ce-connectionState");
    const metadata = new Map([["k", `a${bad}b`]]);
    assert.equal(refusedHeader(userEvent({ ...textEvent(), metadata })), "x-webpubsub-metadata-k");
  }
  assert.equal(refusedHeader(event, source({ subprotocol: "é" })), "ce-subprotocol");
  assert.equal(refusedHeader(event, source({ hub: "é" })), "ce-source");
  assert.equal(refusedHeader(userEvent(textEvent("é"))), "ce-eventName");
  const badKey = new Map([["a b", "x"]]);
  assert.equal(
    refusedHeader(userEvent({ ...textEvent(), metadata: badKey })),
    "x-webpubsub-metadata-a",
  );
});

Deno.test("a metadata key that is a property of every object is a header like any other", () => {
  const metadata = new Map([["__proto__", "x"], ["constructor", "y"]]);
  const headers = headersOf(userEvent({ ...textEvent(), metadata }));
  assert.equal(headers["x-webpubsub-metadata-__proto__"], "x");
});

Deno.test("the CloudEvents library reads every event back, with all extension attributes", () => {
  const events = [connectEvent(CONNECT), connectedEvent(), disconnectedEvent("bye")];
  for (const event of [...events, userEvent(textEvent())]) {
    const cloudEvent = parsed(event, source({ state: "s" }));
    assert.equal(cloudEvent.specversion, "1.0");
    assert.equal(cloudEvent.type, event.type);
    assert.equal(cloudEvent.source, "/hubs/chat/client/4f1c0b6e2d9a4c35");
    assert.equal(cloudEvent.id, "7");
    assert.equal(cloudEvent.time, "2026-11-24T09:30:00.000Z");
    assert.equal(cloudEvent.datacontenttype, event.request.contentType);
    assert.equal(cloudEvent["hub"], "chat");
    assert.equal(cloudEvent["eventname"], event.name);
    assert.equal(cloudEvent["connectionid"], "4f1c0b6e2d9a4c35");
    assert.equal(cloudEvent["userid"], "mia");
    assert.equal(cloudEvent["signature"], SIGNATURE);
    assert.equal(cloudEvent["awpsversion"], "1.0");
  }
});

Deno.test("the CloudEvents library finds the same data in JSON, text and binary events", () => {
  assert.deepEqual(parsed(payloadEvent({ kind: "json", text: '{"a":[1,"x"]}' })).data, {
    a: [1, "x"],
  });
  assert.equal(parsed(payloadEvent({ kind: "text", text: "two" })).data, "two");
  assert.deepEqual(parsed(disconnectedEvent("bye")).data, { reason: "bye" });
});

Deno.test("any user id either is refused or arrives as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (userId) => {
      const built = eventHeaders(source({ userId }), connectedEvent(), CONTEXT);
      if (!built.ok) {
        // deno-lint-ignore no-control-regex -- exactly these are refused
        assert.match(userId, /[\x00-\x1f\x7f]/);
        return;
      }
      const bytes = Uint8Array.from(built.headers["ce-userId"] ?? "", (c) => c.charCodeAt(0));
      assert.equal(
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
        userId.toWellFormed(),
      );
    }),
    { seed: 5, numRuns: 200 },
  );
});
