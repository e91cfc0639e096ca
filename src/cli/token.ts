/** `hubbub token`: a client URL with a token, for trying things out. Needs no running server, only its configuration. */
import { AccessKeys } from "../auth/access_key.ts";
import { clientAudience } from "../auth/audience.ts";
import { signClientToken } from "../auth/sign.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { MAX_INT32, TOKEN_LIFE_MINUTES } from "../limits.ts";
import { hubKey, isGroupName, isHubName } from "../names.ts";
import { listenerEndpoint } from "../server/settings.ts";
import type { Flags, TokenWishes } from "./args.ts";
import { EXIT, problemText } from "./exit.ts";
import type { World } from "./world.ts";

/** Prints the URL; the result is the exit code. */
export async function token(flags: Flags, wishes: TokenWishes, world: World): Promise<number> {
  const refused = (message: string): number => {
    world.err(`hubbub: ${message}\n`);
    return EXIT.usage;
  };
  const { hub, minutes = String(TOKEN_LIFE_MINUTES) } = wishes;
  if (hub === undefined) return refused("A token is for one hub; name it with --hub HUB");
  if (!isHubName(hub)) {
    return refused(
      `--hub: ${
        JSON.stringify(hub)
      } is no hub name; begin with a letter, go on with letters, digits or _`,
    );
  }
  const life = /^\d{1,10}$/.test(minutes) ? Number(minutes) : 0;
  if (life < 1 || life > MAX_INT32) {
    return refused(
      `--minutes: ${JSON.stringify(minutes)} is no life; give an integer from 1 to ${MAX_INT32}`,
    );
  }
  const group = wishes.groups.find((name) => !isGroupName(name));
  if (group !== undefined) {
    return refused(
      `--group: ${
        JSON.stringify(group.slice(0, 80))
      } is no group name; give 1 to 1024 characters, not all blank`,
    );
  }
  const loaded = await loadConfig({ flags, env: world.env, readFile: world.readFile });
  if (!loaded.ok) {
    world.err(problemText(loaded.problems));
    return EXIT.usage;
  }
  const { config } = loaded;
  const endpoint = endpointOf(config);
  if (endpoint === undefined) {
    return refused("Port 0 is a different port each time; give the server's with --port");
  }
  const signed = signClientToken(new AccessKeys(config.accessKeys.primary), {
    audience: clientAudience(endpoint, "default", hub),
    userId: wishes.user,
    roles: wishes.roles,
    groups: wishes.groups,
    minutesToExpire: life,
  }, world.platform.now());
  const base = `${endpoint.replace(/^http/, "ws")}/client/hubs/${encodeURIComponent(hubKey(hub))}`;
  world.out(`${base}?access_token=${signed}\n`);
  return EXIT.ok;
}

/** Where a server of this configuration is reached from this machine. */
function endpointOf({ publicEndpoint, host, port }: Config): string | undefined {
  if (publicEndpoint !== undefined) return publicEndpoint;
  if (port === 0) return undefined;
  return listenerEndpoint(host, port);
}
