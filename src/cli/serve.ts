/** `hubbub`: from flags to a running server, from a signal to an exit code. */
import { DEVELOPMENT_KEY } from "../auth/access_key.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/secrets.ts";
import { errorFields, messageOf } from "../errors.ts";
import type { Log } from "../ports.ts";
import { FORCED_STOP_MS } from "../limits.ts";
import { createLog } from "../observe/log.ts";
import { createRedactor } from "../observe/redact.ts";
import type { Platform } from "../platform.ts";
import { startServer } from "../server.ts";
import type { Flags } from "./args.ts";
import { banner, readinessLine } from "./banner.ts";
import type { Addresses } from "./banner.ts";
import { EXIT, problemText } from "./exit.ts";
import { type Reloadable, watchConfig } from "./reload.ts";
import type { World } from "./world.ts";

/** What a started server offers to the command line. */
export interface RunningServer extends Addresses, AsyncDisposable, Reloadable {
  clientUrl(hub: string): string;
  close(): Promise<void>;
}

/** Starts a server; throws `Deno.errors.AddrInUse` when the port is taken. */
export type StartServer = (
  options: Config & { readonly platform: Platform },
) => Promise<RunningServer>;

/** Runs a server until it is told to stop; the result is the exit code. */
export async function serve(
  flags: Flags,
  json: boolean,
  world: World,
  start: StartServer = startServer,
): Promise<number> {
  const loaded = await loadConfig({ flags, env: world.env, readFile: world.readFile });
  if (!loaded.ok) {
    world.err(problemText(loaded.problems));
    return EXIT.usage;
  }
  const { config } = loaded;
  const secrets = secretsOf(config);
  const now = () => world.platform.now();
  const log = createLog({ ...config.log, secrets, now, write: (line) => world.err(line + "\n") });
  for (const warning of loaded.warnings) log.warn(warning);

  let server: RunningServer;
  try {
    server = await start({ ...config, platform: world.platform });
  } catch (error) {
    world.err(`hubbub: ${createRedactor(secrets)(startFailure(error, config))}\n`);
    return EXIT.failure;
  }

  const stopped = Promise.withResolvers<number>();
  let stopping = false;
  const stop = async (signal: string): Promise<number> => {
    log.info("Stopping", { signal, drainSeconds: config.drainSeconds });
    world.platform.after(config.drainSeconds * 1000 + FORCED_STOP_MS, () => {
      log.error("Cannot stop cleanly: the drain time is over; ending at once");
      stopped.resolve(EXIT.failure);
    });
    try {
      await server.close();
      return EXIT.ok;
    } catch (error) {
      log.error("Cannot stop cleanly", errorFields(error));
      return EXIT.failure;
    }
  };
  // Before the readiness line: whoever reads it may send a signal at once.
  world.onStop((signal) => {
    if (stopping) {
      log.warn("Ending at once, on the second signal", { signal });
      stopped.resolve(EXIT.failure);
      return;
    }
    stopping = true;
    stop(signal).then(stopped.resolve);
  });

  world.onFault((error) => survives(error, log));

  if (json) world.out(readinessLine(server));
  else {
    const showKey = world.isTerminal || server.accessKey === DEVELOPMENT_KEY;
    world.out(banner(server, showKey, world.command));
  }
  log.info("Listening", { endpoint: server.endpoint, transport: config.transport });
  const unwatch = watchConfig(loaded, server, world, log);
  const code = await stopped.promise;
  unwatch();
  return code;
}

/**
 * The last line of defence, behind those that end one client alone: the log has the stack, and the server goes on. Not
 * so where a system call failed: that may have been the listener's, and a server that accepts no connections is better
 * restarted.
 */
function survives(error: unknown, log: Log): boolean {
  const isSystem = Object.values(Deno.errors).some((kind) => error instanceof kind);
  log.error(isSystem ? "Uncaught system error" : "Uncaught error: going on", errorFields(error));
  return !isSystem;
}

function startFailure(error: unknown, { host, port }: Config): string {
  const address = JSON.stringify(`${host.includes(":") ? `[${host}]` : host}:${port}`);
  if (error instanceof Deno.errors.AddrInUse) {
    return `Cannot listen on ${address}: the port is in use; stop the other program, or give another port with --port`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `Cannot listen on ${address}: this machine does not have the address; give another with --host`;
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return `Cannot listen on ${address}: not permitted (${
      oneLine(error)
    }); give a port above 1023 with --port, or allow it`;
  }
  return `Cannot start on ${address}: ${oneLine(error)}`;
}

/** What an error says, in one line. */
function oneLine(error: unknown): string {
  return messageOf(error).replace(/\s+/g, " ");
}
