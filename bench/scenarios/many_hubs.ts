import { clientUrl } from "../../tests/support/rest_client.ts";
import { connectAll, type Door } from "../load/client.ts";
import { JSON_PROTOCOL } from "../support/hubbub.ts";
import type { Scenario } from "./scenario.ts";

/** Row 10: hubs that nobody configured. */
export const manyHubs: Scenario = {
  name: "many-hubs",
  story: "8,000 clients, each in a hub and a group of its own: at most 64 KiB each, given back",
  seconds: 120,
  quick: true,
  async run(run) {
    const server = await run.server();
    const doorOf = (hub: string): Door => {
      const { pathname, search } = new URL(
        clientUrl(server, hub, { "webpubsub.group": ["g"], sub: "u" }),
      );
      return { port: server.port, path: pathname + search, protocol: JSON_PROTOCOL, greeting: 1 };
    };
    const count = run.size(8000, 1000);
    const open = (from: number, to: number) =>
      connectAll(
        Array.from({ length: to - from }, (_, i) => doorOf(`hub${from + i}`)),
        50,
        () => {},
      );
    const first = await open(0, 100);
    const before = await server.settledMib();
    const clients = await open(100, count + 100);
    const kib = (await server.settledMib() - before) * 1024 / count;
    run.figure("memory for each, KiB", kib);
    run.must("at most 64 KiB for each", kib <= 64);
    for (const client of [...first, ...clients]) client.destroy();
    const after = await server.settledMib();
    run.figure(
      "memory, MiB",
      `${before.toFixed(0)}, again ${after.toFixed(0)} when they have left`,
    );
  },
};
