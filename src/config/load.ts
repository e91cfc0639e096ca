/** The ways to a configuration: from flags, environment and file, or from options in code. */
import { dirname, isAbsolute, join } from "node:path";
import { withoutNulls } from "./azure.ts";
import type { Config, ConfigInput } from "./schema.ts";
import { ConfigError } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { readFailure } from "./secrets.ts";
import type { SecretSource } from "./secrets.ts";
import {
  assign,
  CONFIG_VARIABLE,
  environmentLayer,
  flagLayer,
  originKey,
  parseFile,
  unknownVariables,
} from "./sources.ts";
import { judge } from "./validate.ts";

/** Where a configuration is read from. */
export interface ConfigRequest {
  /** Texts of the flags by name without dashes; `config` is the file. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** A configuration with what its author should know, or all that is wrong. */
export type LoadResult =
  | {
    readonly ok: true;
    readonly config: Config;
    /** Whole sentences for the log. */
    readonly warnings: readonly string[];
    /** The file that was read, for whoever watches it. */
    readonly file: string | undefined;
    /** What stood in it. */
    readonly text: string | undefined;
    /** Reads everything anew from the same places; the running configuration is not touched. */
    readonly reload: () => Promise<LoadResult>;
  }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Reads flags, environment and file, the stronger over the weaker, over defaults.
 *
 * ```ts
 * import { loadConfig } from "./load.ts";
 * import assert from "node:assert/strict";
 * const loaded = await loadConfig({
 *   flags: { config: "hubbub.json" },
 *   env: { HUBBUB_PORT: "9090" },
 *   readFile: () => '{"port": 7070, "drainSeconds": 3}',
 * });
 * assert.ok(loaded.ok);
 * assert.equal(loaded.config.port, 9090);
 * assert.equal(loaded.config.drainSeconds, 3);
 * ```
 */
export async function loadConfig(request: ConfigRequest): Promise<LoadResult> {
  const { flags, env } = request;
  const fileSource = flags["config"] !== undefined ? "--config" : CONFIG_VARIABLE;
  // An empty variable counts as absent, like those of settings.
  const file = flags["config"] ?? (env[CONFIG_VARIABLE] || undefined);
  let tree: Record<string, unknown> = {};
  let text: string | undefined;
  if (file !== undefined) {
    const layer = await readLayer(file, fileSource, request);
    if (!layer.ok) return { ok: false, problems: [layer.problem] };
    // A null gives way to the layers above, and the copy can be written to.
    text = layer.text;
    tree = withoutNulls(layer.tree) as Record<string, unknown>;
  }
  const origins = new Map<string, string>();
  assign(tree, environmentLayer(env), origins);
  assign(tree, flagLayer(flags), origins);
  const referenced = new Set<string>();
  const result = judge({
    tree,
    secrets: secretsBeside(file, request, referenced),
    originOf(path) {
      for (let length = path.length; length > 0; length--) {
        const origin = origins.get(originKey(path.slice(0, length)));
        if (origin !== undefined) return origin;
      }
      return file;
    },
  });
  if (!result.ok) return result;
  return {
    ok: true,
    config: result.config,
    warnings: [...result.warnings, ...unknownVariables(env, referenced)],
    file,
    text,
    reload: () => loadConfig(request),
  };
}

async function readLayer(file: string, source: string, request: ConfigRequest) {
  let text: string;
  try {
    text = request.readFile(file);
  } catch (error) {
    const reason = `${JSON.stringify(file)} cannot be read; ${readFailure(error)}`;
    return { ok: false, problem: { key: "config", source, reason } } as const;
  }
  return { ...await parseFile(file, text), text };
}

/** Secrets of a file: its relative paths count from its own folder. Notes the variables that were asked for. */
function secretsBeside(
  file: string | undefined,
  request: ConfigRequest,
  referenced: Set<string>,
): SecretSource {
  return {
    inline: false,
    variable(name) {
      referenced.add(name);
      return request.env[name];
    },
    readFile: (path) =>
      request.readFile(
        file === undefined || isAbsolute(path) ? path : join(dirname(file), path),
      ),
  };
}

/**
 * A configuration from options in code, over defaults; neither environment nor file is read, except what the options
 * refer to. Secrets may stand in the options themselves, and a whole `Config` comes back as it is.
 *
 * ```ts
 * import { configFromOptions } from "./load.ts";
 * import assert from "node:assert/strict";
 * assert.equal(configFromOptions({ port: 0 }).host, "localhost");
 * assert.throws(() => configFromOptions({ host: "0.0.0.0" }), /hubbub key/);
 * ```
 *
 * @throws {ConfigError} With every problem, when one is wrong
 */
export function configFromOptions(options: ConfigInput): Config {
  const result = judge({
    tree: options,
    secrets: {
      inline: true,
      variable: (name) => Deno.env.get(name),
      readFile: (path) => Deno.readTextFileSync(path),
    },
    originOf: () => undefined,
  });
  if (!result.ok) throw new ConfigError(result.problems);
  return result.config;
}

/**
 * Keys outside `hubs` in which two configurations differ: a running server takes over none of them before a restart.
 *
 * ```ts
 * import { changedOutsideHubs } from "./load.ts";
 * import { defaultConfig } from "./schema.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(changedOutsideHubs(defaultConfig(), { ...defaultConfig(), port: 1 }), ["port"]);
 * ```
 */
export function changedOutsideHubs(before: Config, after: Config): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  // `upstream` lives on in `hubs`.
  names.delete("hubs");
  names.delete("upstream");
  const old = before as Readonly<Record<string, unknown>>;
  const now = after as Readonly<Record<string, unknown>>;
  return [...names].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
}
