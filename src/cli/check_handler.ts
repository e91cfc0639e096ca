/** `hubbub check-handler URL`: asks an event handler what the server would ask it, and says what to change. */
import { AccessKeys } from "../auth/access_key.ts";
import { authorityOf } from "../auth/audience.ts";
import { loadConfig } from "../config/load.ts";
import { hubKey, isHubName } from "../names.ts";
import { listenerEndpoint } from "../server/settings.ts";
import { checkHandler } from "../upstream/check_handler.ts";
import { connectFlaw } from "../webpubsub/answer.ts";
import { connectRequest, NOBODY } from "../webpubsub/request.ts";
import type { Flags } from "./args.ts";
import { EXIT, problemText } from "./exit.ts";
import type { World } from "./world.ts";

/** Prints the findings; exit code 0 when the handler would work, 1 when it would not. */
export async function checkHandlerByHand(
  flags: Flags,
  url: string,
  hub: string | undefined,
  world: World,
): Promise<number> {
  if (hub !== undefined && !isHubName(hub)) {
    world.err(`hubbub: --hub: ${JSON.stringify(hub)} is no hub name; begin with a letter\n`);
    return EXIT.usage;
  }
  const loaded = await loadConfig({ flags, env: world.env, readFile: world.readFile });
  if (!loaded.ok) {
    world.err(problemText(loaded.problems));
    return EXIT.usage;
  }
  const { config } = loaded;
  const keys = new AccessKeys(config.accessKeys.primary, config.accessKeys.secondary);
  const endpoint = config.publicEndpoint ?? listenerEndpoint(config.host, config.port);
  const report = await checkHandler({
    urlTemplate: url,
    ...(hub !== undefined && { hub: hubKey(hub) }),
    webhookOrigin: config.webhookOrigin,
    publicHost: authorityOf(endpoint) ?? "localhost",
    egress: config.egress,
    platform: world.platform,
    probe: connectRequest(NOBODY),
    flawOf: connectFlaw,
    signature: (connectionId) => keys.signature(connectionId),
  });
  world.out(`${report.lines.join("\n")}\n`);
  return report.ok ? EXIT.ok : EXIT.failure;
}
