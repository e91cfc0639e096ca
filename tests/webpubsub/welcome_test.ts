// What a Web PubSub client becomes by the word of a `connect` handler, over a fake one.
import assert from "node:assert/strict";
import type {
  AnswerFlaw,
  HandlerAnswer,
  MembershipObserver,
  Upstream,
} from "../../src/hub/ports.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { accept, type Handshake } from "../../src/transport/accept.ts";
import { webPubSubEndpoint } from "../../src/webpubsub/endpoint.ts";
import type { WelcomeContext } from "../../src/webpubsub/welcome.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { FakeSocket } from "../support/fake_socket.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { answered } from "../support/handler_answers.ts";

const REQUEST: Handshake = {
  method: "GET",
  version: undefined,
  target: "/client/hubs/chat",
  headers: new Headers({
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "json.webpubsub.azure.v1",
  }),
  whenGone: () => () => {},
};

/** What a test changes. */
interface Changes {
  readonly upstream?: Upstream;
  readonly codec?: WelcomeContext["codec"];
  readonly isStopping?: boolean;
  readonly memberships?: MembershipObserver;
  readonly request?: Handshake;
}

/** A handshake whose handler answers when the test says so. */
function setup(
  { upstream, codec = () => jsonCodec, isStopping, request = REQUEST, memberships }: Changes = {},
) {
  const ended: string[] = [];
  const flaws: AnswerFlaw[] = [];
  const held = Promise.withResolvers<HandlerAnswer>();
  const state = { stopping: isStopping ?? false };
  const server = new FakeServer({
    ...memberships && { memberships },
    upstream: upstream ?? {
      ...noUpstream,
      asksAbout: () => true,
      connect: () => held.promise,
      disconnected: (_source, id, reason) => void ended.push(`${id} ${reason}`),
      reportUnusable: (_answer, flaw) => void flaws.push(flaw),
    },
  });
  const { hubs } = server;
  const decided = accept(request, {
    endpoints: [webPubSubEndpoint({ hubs, codec })],
    groupBound: hubs.context.groupBound,
    authenticate: () => undefined,
    isStopping: () => state.stopping,
    allowsAnonymous: () => true,
  });
  return { ended, flaws, state, server, answer: held.resolve, decided };
}

const STOPPED = ["1 The service is shutting down."];

Deno.test("a stop before the handler's word turns the client away with 503, and a handler that let it in hears of its end", async () => {
  const { state, answer, decided, ended } = setup();
  state.stopping = true;
  answer(answered(204));
  const decision = await decided;
  assert(decision.kind === "refused" && decision.status === 503);
  assert.deepEqual(ended, STOPPED);
});

Deno.test("so does a stop while the protocol of the client is still loaded", async () => {
  const loading = Promise.withResolvers<typeof jsonCodec>();
  const { state, answer, decided, ended } = setup({ codec: () => loading.promise });
  answer(answered(200, '{"userId":"ann"}'));
  await Promise.resolve();
  state.stopping = true;
  loading.resolve(jsonCodec);
  const decision = await decided;
  assert(decision.kind === "refused" && decision.status === 503);
  assert.deepEqual(ended, STOPPED);
});

Deno.test("a handler that refused the client, answered nothing usable or nothing at all hears no end", async () => {
  const answers: HandlerAnswer[] = [
    answered(401),
    answered(500),
    answered(200, "<p>"),
    { kind: "failed", why: "timedOut" },
  ];
  for (const word of answers) {
    const { state, answer, decided, ended } = setup();
    state.stopping = true;
    answer(word);
    const decision = await decided;
    assert(decision.kind === "refused" && decision.status === 503);
    assert.deepEqual(ended, []);
  }
});

Deno.test("without a handler to ask, a stop turns clients away and nobody hears of them", async () => {
  const { ended, decided } = setup({ upstream: noUpstream, isStopping: true });
  const decision = await decided;
  assert(decision.kind === "refused" && decision.status === 503);
  assert.deepEqual(ended, []);
});

Deno.test("the handler's word makes the client: user, groups, roles, state and subprotocol", async () => {
  const { server, answer, decided, ended } = setup();
  const fields = { userId: "joe", groups: ["g"], roles: ["webpubsub.sendToGroup"] };
  answer(answered(200, JSON.stringify(fields), { "ce-connectionState": "s1" }));
  const decision = await decided;
  assert(decision.kind === "accepted");
  assert.equal(decision.welcome.answer, "json.webpubsub.azure.v1");
  assert.deepEqual([...server.hub.connections()], []);
  decision.welcome.start(new FakeSocket());
  const [connection] = server.hub.connections();
  assert(connection !== undefined);
  const { identity, permissions } = connection;
  assert.deepEqual([identity.userId, identity.state], ["joe", "s1"]);
  assert.equal(identity.subprotocol, "json.webpubsub.azure.v1");
  assert.equal(server.hub.groups.isMember(connection.slot, "g"), true);
  assert(permissions.allows("sendToGroup", "any"));
  assert.deepEqual(ended, []);
});

Deno.test("an answer that is of no use is 500 for the client and told to the operator, a refusal is its status and no fault", async () => {
  const unusable = setup();
  unusable.answer(answered(200, '{"groups":"all"}'));
  const failed = await unusable.decided;
  assert(failed.kind === "refused" && failed.status === 500);
  assert.match(unusable.flaws[0]?.problem ?? "", /"groups"/);
  const refusing = setup();
  refusing.answer(answered(403, "private"));
  const refused = await refusing.decided;
  assert(refused.kind === "refused" && refused.status === 403);
  assert(!refused.message.includes("private"));
  assert.deepEqual(refusing.flaws, []);
});

Deno.test("a client that leaves gives up the call of its handler", async () => {
  let leave = () => {};
  let wasGivenUp = false;
  const upstream: Upstream = {
    ...noUpstream,
    asksAbout: () => true,
    connect: (_source, _request, signal) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          wasGivenUp = true;
          resolve({ kind: "failed", why: "abandoned" });
        })
      ),
  };
  const request: Handshake = {
    ...REQUEST,
    whenGone: (task) => {
      leave = task;
      return () => {};
    },
  };
  const { decided } = setup({ upstream, request });
  leave();
  const decision = await decided;
  assert.equal(decision.kind, "refused");
  assert.equal(wasGivenUp, true);
});

Deno.test("a client that was welcome and got no socket: the handler that let it in hears of its end, no other does", async () => {
  const asked = setup();
  asked.answer(answered(204));
  const welcome = await asked.decided;
  assert(welcome.kind === "accepted");
  welcome.welcome.missed("notUpgraded");
  assert.deepEqual(asked.ended, ["1 The client disconnected unexpectedly."]);

  const unasked = setup({ upstream: { ...noUpstream, disconnected: assert.fail } });
  const other = await unasked.decided;
  assert(other.kind === "accepted");
  other.welcome.missed("notUpgraded");
});

/** Writes down who is expected, missed and there; handshakes wait while `held` is. */
function watching(held?: Promise<void>) {
  const told: string[] = [];
  const memberships: MembershipObserver = {
    expected: ({ userId }, groups) => (told.push(`${userId} expected in ${groups}`), held),
    missed: ({ userId }, groups) => void told.push(`${userId} missed in ${groups}`),
    arrived: ({ userId }) => void told.push(`${userId} arrived`),
    joined: (_member, group) => void told.push(`joined ${group}`),
    departed: () => {},
    left: () => {},
  };
  return { told, memberships };
}

const LET_IN = answered(200, '{"userId":"ann","groups":["g","h"]}');

Deno.test("a handshake waits until the observer of memberships is ready for the client, then it arrives and joins", async () => {
  const { promise: held, resolve } = Promise.withResolvers<void>();
  const { told, memberships } = watching(held);
  const { answer, decided, server } = setup({ memberships });
  answer(LET_IN);
  let isDecided = false;
  void decided.then(() => isDecided = true);
  await new Promise((turn) => setTimeout(turn, 0));
  assert.equal(isDecided, false);
  assert.deepEqual(told, ["ann expected in g,h"]);
  resolve();
  const decision = await decided;
  assert(decision.kind === "accepted");
  decision.welcome.start(new FakeSocket());
  assert.deepEqual(told.slice(1), ["ann arrived", "joined g", "joined h"]);
  assert.equal(server.hub.size, 1);
});

Deno.test("an observer of memberships hears of a client that was expected and got no socket", async () => {
  const { told, memberships } = watching();
  const { answer, decided } = setup({ memberships });
  answer(LET_IN);
  const decision = await decided;
  assert(decision.kind === "accepted");
  decision.welcome.missed("notUpgraded");
  assert.deepEqual(told, ["ann expected in g,h", "ann missed in g,h"]);
});

Deno.test("who is refused was never expected", async () => {
  const { told, memberships } = watching();
  const { answer, decided } = setup({ memberships });
  answer(answered(401));
  assert.equal((await decided).kind, "refused");
  assert.deepEqual(told, []);
});
