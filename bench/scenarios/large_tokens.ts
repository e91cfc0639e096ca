import { RawHttp } from "../../tests/rest/raw_http.ts";
import { inSeconds, signToken } from "../../tests/support/rest_client.ts";
import { HUB } from "../support/hubbub.ts";
import type { Scenario } from "./scenario.ts";

const PATH = `/api/hubs/${HUB}/groups/g`;

/** Row 12: what is remembered of tokens. */
export const largeTokens: Scenario = {
  name: "large-tokens",
  story: "10,000 tokens of 20 KB, each used twice: what is kept of them is bounded in bytes",
  seconds: 120,
  quick: true,
  async run(run) {
    const server = await run.server();
    const http = run.use(await RawHttp.open(server));
    const filler = "f".repeat(15_000);
    const use = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const claims = { aud: server.endpoint + PATH, exp: inSeconds(600), filler, number: i };
        const token = signToken(claims, server.accessKey);
        for (let twice = 0; twice < 2; twice++) await http.call("HEAD", PATH, { token });
      }
    };
    await use(0, 100);
    const before = await server.settledMib();
    const count = run.size(10_000, 2000);
    await use(100, count + 100);
    const { peak } = server.memory;
    const after = await server.settledMib();
    run.figure(
      "memory, MiB",
      `${before.toFixed(0)} -> ${after.toFixed(0)}, at most ${peak.toFixed(0)}`,
    );
    run.must("at most 64 MiB more", peak - before <= 64);
  },
};
