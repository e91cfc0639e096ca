/**
 * The layers of the configuration, the strongest last: file, environment, flags. A layer is a plain tree; which layer
 * a value came from is remembered, so that messages can say it.
 */
import { messageOf } from "../errors.ts";
import { MAX_YAML_ALIASES } from "../limits.ts";
import { isObject } from "./object.ts";
import { nearest } from "./nearest.ts";
import type { ConfigProblem, PathKey } from "./problem.ts";
import { SETTINGS } from "./schema.ts";
import type { Setting } from "./setting.ts";

/** Variables that are no setting of the tree. */
export const CONFIG_VARIABLE = "HUBBUB_CONFIG";

const PREFIX = "HUBBUB_";

/** A value for a setting, and where it came from. */
export interface Assignment {
  readonly setting: Setting;
  readonly text: string;
  /** A flag or a variable, as the user knows it. */
  readonly source: string;
}

/** The settings that flags give; `flags` maps names without dashes to their texts. Foreign names are left alone. */
export function flagLayer(flags: Readonly<Record<string, string>>): Assignment[] {
  return SETTINGS.flatMap((setting) => {
    const text = setting.flag === undefined ? undefined : flags[setting.flag];
    return text === undefined ? [] : [{ setting, text, source: `--${setting.flag}` }];
  });
}

/**
 * The settings that the environment gives. An empty variable counts as absent: that is how shells and compose files
 * unset one.
 */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Assignment[] {
  return SETTINGS.flatMap((setting) => {
    const text = setting.env === undefined ? undefined : env[setting.env];
    if (text === undefined || text === "" || setting.env === undefined) return [];
    return [{ setting, text, source: setting.env }];
  });
}

/** Warnings about variables that look like ours and are not. `referenced`: variables that handlers take secrets from. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  referenced: ReadonlySet<string>,
): string[] {
  const known = SETTINGS.flatMap((setting) => setting.env ?? []).concat(CONFIG_VARIABLE);
  const warnings: string[] = [];
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || known.includes(name) || referenced.has(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined
      ? "`hubbub --help` lists the known ones"
      : `did you mean ${meant}?`;
    warnings.push(`Environment variable ${name} is unknown and has no effect; ${hint}`);
  }
  return warnings;
}

/** Puts assignments into a tree; returns where each value of the tree came from, by path (keys joined with NUL). */
export function assign(
  tree: Record<string, unknown>,
  assignments: readonly Assignment[],
  origins: Map<string, string>,
): void {
  for (const { setting, text, source } of assignments) {
    let at: Record<string, unknown> | undefined = tree;
    for (const name of setting.path.slice(0, -1)) {
      const next: unknown = at[name] ?? (at[name] = Object.create(null));
      // The file has something else there; the schema will say so.
      at = isObject(next) ? next : undefined;
      if (at === undefined) break;
    }
    const last = setting.path.at(-1);
    if (at === undefined || last === undefined) continue;
    at[last] = valueOf(setting, text);
    origins.set(originKey(setting.path), source);
  }
}

/** The key of a path in the table of origins. */
export function originKey(path: readonly PathKey[]): string {
  return path.join("\0");
}

/** A text as the setting's kind; a text that is none stays what it is, for the schema to refuse. */
function valueOf(setting: Setting, text: string): unknown {
  const word = text.trim();
  switch (setting.kind) {
    case "number":
      return /^[+-]?\d+(?:\.\d+)?$/.test(word) ? Number(word) : text;
    case "boolean":
      if (/^(?:true|1|yes|on)$/i.test(word)) return true;
      if (/^(?:false|0|no|off)$/i.test(word)) return false;
      return text;
    case "list":
      return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
    case "string":
      return setting.choices === undefined ? text : word.toLowerCase();
  }
}

/** A parsed file, or what is wrong with it. */
export type FileLayer =
  | { readonly ok: true; readonly tree: Record<string, unknown> }
  | { readonly ok: false; readonly problem: ConfigProblem };

/**
 * Parses the text of a configuration file: JSON by its name or its first character, else YAML. Messages quote nothing
 * of it.
 */
export async function parseFile(path: string, text: string): Promise<FileLayer> {
  const body = text.replace(/^\uFEFF/, "");
  const isJson = /\.json$/i.test(path) || (!/\.ya?ml$/i.test(path) && /^\s*\{/.test(body));
  const refused = (reason: string): FileLayer => ({
    ok: false,
    problem: { key: "config", source: undefined, reason: `${JSON.stringify(path)} ${reason}` },
  });
  let tree: unknown;
  if (isJson) {
    try {
      tree = JSON.parse(body);
    } catch (error) {
      return refused(
        `is not valid JSON: ${jsonDefect(error)}; correct it, or use YAML if you need comments`,
      );
    }
  } else {
    const { LineCounter, parseDocument } = await import("yaml");
    const lineCounter = new LineCounter();
    const document = parseDocument(body, { lineCounter, prettyErrors: false });
    const error = document.errors[0];
    if (error !== undefined) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      return refused(
        `is not valid YAML: ${yamlDefect(error.code)} at line ${line}, column ${col}; correct it`,
      );
    }
    try {
      tree = document.toJS({ maxAliasCount: MAX_YAML_ALIASES });
    } catch {
      return refused("repeats itself through too many YAML aliases; write the values out");
    }
  }
  if (tree === null || tree === undefined) return { ok: true, tree: {} };
  if (!isObject(tree)) {
    return refused('holds no object; write settings by name, such as {"port": 8080}');
  }
  return { ok: true, tree };
}

/** The engine's words without the piece of the file that it may quote, which may hold a secret. */
function jsonDefect(error: unknown): string {
  return messageOf(error).replace(/, (?:\.\.\.)?"[\s\S]*/, "").replace(
    / in JSON(?= at position)/,
    "",
  )
    .replace(/ at position \d+ \(line (\d+) column (\d+)\)/, " at line $1, column $2");
}

/** `BAD_INDENT` as words. */
function yamlDefect(code: string): string {
  return code.toLowerCase().replaceAll("_", " ");
}
