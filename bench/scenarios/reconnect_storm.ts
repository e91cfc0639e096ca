import { History } from "../../tests/support/history.ts";
import { LightClient } from "../../tests/support/light_client.ts";
import { clientUrl } from "../../tests/support/rest_client.ts";
import { HUB } from "../support/hubbub.ts";
import type { Scenario } from "./scenario.ts";

const BATCH = 250;

/** A switch reboots: `tests/fault/storm_test.ts`, with more clients and a server of its own. */
export const reconnectStorm: Scenario = {
  name: "reconnect-storm",
  story:
    "5,000 reliable clients are cut at once and come back at once: nothing lost, nothing twice",
  seconds: 180,
  quick: true,
  async run(run) {
    const server = await run.server();
    const history = new History();
    const clients = Array.from({ length: run.size(5000, 500) }, (_, i) => {
      const name = `client ${i}`;
      history.addReceiver(name);
      return new LightClient(({ data }) => history.deliver(name, "rest", Number(data)));
    });
    let sent = 0;
    const publish = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const init = { headers: { "content-type": "text/plain" }, body: String(++sent) };
        const { status } = await server.rest("POST", "/:send", init);
        run.must(`send ${sent} is accepted`, status === 202);
        history.accept("rest", sent);
      }
    };
    const received = () => Promise.all(clients.map((client) => client.received(sent)));

    const url = clientUrl(server, HUB);
    for (let i = 0; i < clients.length; i += BATCH) {
      await Promise.all(clients.slice(i, i + BATCH).map((client) => client.connect(url)));
    }
    await publish(3);
    await received();
    clients.forEach((client, i) => client.acknowledge(i % 4));
    for (const client of clients) client.cut();
    const cut = performance.now();
    const publishing = publish(10);
    const base = `${server.endpoint}/client/hubs/${HUB}`;
    await Promise.all(clients.map((client) => client.recover(base)));
    run.figure("all back after, s", (performance.now() - cut) / 1000);
    await publishing;
    await publish(2);
    await received();
    run.figure("everything received after, s", (performance.now() - cut) / 1000);
    run.figure("peak, MiB", server.memory.peak);
    const { lost, duplicated, reordered, delivered } = history.verdict();
    run.figure("delivered", delivered);
    run.must("nothing is lost, twice or out of order", lost + duplicated + reordered === 0);
    for (const client of clients) client.cut();
  },
};
