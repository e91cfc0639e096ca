/** The configuration file while the server runs: a good change takes effect, a bad one is refused with its reason. */
import { changedOutsideHubs, type LoadResult } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { errorFields } from "../errors.ts";
import type { Log } from "../ports.ts";
import type { Cancel } from "../platform.ts";
import { problemText } from "./exit.ts";
import { watchFile } from "./watch_file.ts";
import type { World } from "./world.ts";

/** What takes over a changed configuration. */
export interface Reloadable {
  reload(config: Config): void;
}

/**
 * Watches the file that `loaded` came from; the result stops the watch. Without a file, or with a pipe, there is
 * nothing to watch.
 */
export function watchConfig(
  loaded: Extract<LoadResult, { ok: true }>,
  server: Reloadable,
  world: World,
  log: Log,
): Cancel {
  const { file, text } = loaded;
  if (file === undefined || text === undefined || !world.isRegularFile(file)) return () => {};
  let running = loaded.config;
  const change = async () => {
    const result = await loaded.reload();
    if (!result.ok) {
      const problem = problemText(result.problems).trim();
      log.warn("Configuration not changed: the file is not valid, the old settings stay", {
        file,
        problem,
      });
      return;
    }
    for (const warning of result.warnings) log.warn(warning);
    try {
      server.reload(result.config);
    } catch (error) {
      log.warn("Configuration not changed: the old settings stay", errorFields(error));
      return;
    }
    const waiting = changedOutsideHubs(running, result.config).filter((key) =>
      key !== "accessKeys"
    );
    running = result.config;
    if (waiting.length > 0) {
      log.warn("Some changes need a restart", { settings: waiting.join(", ") });
    }
    log.info("Configuration changed", { file });
  };
  const watched = {
    read: () => world.readFile(file),
    events: (onEvent: () => void) => world.fileEvents(file, onEvent),
  };
  return watchFile(watched, text, world.platform, () => void change());
}
