// A switch reboots: every client is cut in the same instant, and all want back at once.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { History } from "../support/history.ts";
import { LightClient } from "../support/light_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

const CLIENTS = 2000;
/** Messages before the cut, while all are away or coming back, and after. */
const MESSAGES = { before: 5, meanwhile: 20, after: 5 };

Deno.test(`${CLIENTS} reliable clients cut in the same instant all recover: 0 lost, 0 duplicated`, async () => {
  await using server = await startServer(QUIET);
  const history = new History();
  const clients: LightClient[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    const name = `client ${i}`;
    history.addReceiver(name);
    clients.push(
      new LightClient(({ data }) => history.deliver(name, "rest", Number(data))),
    );
  }
  let sent = 0;
  const publish = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const body = String(++sent);
      const headers = { "content-type": "text/plain" };
      const answer = await rest(server, "POST", "/api/hubs/chat/:send", { headers, body });
      assert.equal(answer.status, 202);
      history.accept("rest", sent);
    }
  };
  const received = () => Promise.all(clients.map((client) => client.received(sent)));

  const url = clientUrl(server, "chat");
  const start = performance.now();
  await Promise.all(clients.map((client) => client.connect(url)));
  const connected = performance.now();
  await publish(MESSAGES.before);
  await received();
  // Some acknowledge nothing, some a part, some all.
  clients.forEach((client, i) => client.acknowledge(i % (MESSAGES.before + 1)));

  for (const client of clients) client.cut();
  const cut = performance.now();
  const publishing = publish(MESSAGES.meanwhile);
  await Promise.all(clients.map((client) => client.recover(server.clientUrl("chat"))));
  const recovered = performance.now();
  await publishing;
  await publish(MESSAGES.after);
  await received();
  const complete = performance.now();

  const verdict = history.verdict();
  // deno-lint-ignore no-console
  console.log(
    `storm: ${CLIENTS} connected in ${Math.round(connected - start)} ms,`,
    `all back ${Math.round(recovered - cut)} ms after the cut,`,
    `everything received ${Math.round(complete - cut)} ms after it:`,
    JSON.stringify(verdict),
  );
  const delivered = CLIENTS * sent;
  assert.deepEqual(verdict, { lost: 0, duplicated: 0, reordered: 0, delivered });
  assert.deepEqual(clients.filter((client) => client.gaps > 0), []);
  await Promise.all(clients.map((client) => client.close()));
});
