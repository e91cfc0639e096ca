/** The command line: which command, with which flags. A misspelt name is refused with the nearest known one. */
import { parseArgs } from "node:util";
import { nearest } from "../config/nearest.ts";
import { SETTINGS } from "../config/schema.ts";

/** What the user wants done. `flags` maps settings' flags and `config` to their texts. */
export type Command =
  | { readonly name: "serve"; readonly flags: Flags; readonly json: boolean }
  | ({ readonly name: "token"; readonly flags: Flags } & TokenWishes)
  | {
    readonly name: "check-handler";
    readonly flags: Flags;
    /** URL or template of the handler. */
    readonly url: string;
    readonly hub: string | undefined;
  }
  | { readonly name: "key" | "help" | "version" };

/** Flags by name without dashes. */
export type Flags = Readonly<Record<string, string>>;

/** What a client token shall hold. */
export interface TokenWishes {
  readonly hub: string | undefined;
  readonly user: string | undefined;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly minutes: string | undefined;
}

/** A command, or why the arguments make none. */
export type ParsedArgs =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly message: string };

/** A flag takes a value, several ones, or none. */
type FlagKind = "value" | "values" | "switch";

const SETTING_FLAGS = ["config", ...SETTINGS.flatMap((setting) => setting.flag ?? [])];
const COMMANDS = ["serve", "token", "check-handler", "key", "help", "version"] as const;
const CONFIGURED: readonly string[] = ["serve", "token", "check-handler"];

function flagsOf(command: (typeof COMMANDS)[number]): Map<string, FlagKind> {
  const flags = new Map<string, FlagKind>([["help", "switch"], ["version", "switch"]]);
  if (!CONFIGURED.includes(command)) return flags;
  for (const flag of SETTING_FLAGS) flags.set(flag, "value");
  if (command === "serve") return flags.set("json", "switch");
  flags.set("hub", "value");
  if (command === "check-handler") return flags;
  return flags.set("user", "value").set("minutes", "value")
    .set("role", "values").set("group", "values");
}

/**
 * Takes the arguments apart.
 *
 * ```ts
 * import { parseCommand } from "./args.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseCommand(["--port", "0", "--json"]), {
 *   ok: true,
 *   command: { name: "serve", flags: { port: "0" }, json: true },
 * });
 * assert.deepEqual(parseCommand(["--prot", "0"]), {
 *   ok: false,
 *   message: "Unknown flag --prot; did you mean --port?",
 * });
 * ```
 */
export function parseCommand(args: readonly string[]): ParsedArgs {
  const first = args[0];
  const named = first !== undefined && !first.startsWith("-");
  const word = named ? first : "serve";
  const command = COMMANDS.find((one) => one === word);
  if (command === undefined) {
    return refused(`Unknown command ${JSON.stringify(word)}; ${suggestion(word, COMMANDS, "")}`);
  }
  const kinds = flagsOf(command);
  const { tokens } = parseArgs({
    args: named ? args.slice(1) : [...args],
    options: Object.fromEntries(
      [...kinds].map(([flag, kind]) => [flag, {
        type: kind === "switch" ? "boolean" as const : "string" as const,
        multiple: true,
      }]),
    ),
    // Strictness is ours: the parser's own messages know neither near names nor values.
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values: Record<string, string> = {};
  const lists: Record<string, string[]> = {};
  const switches = new Set<string>();
  let url: string | undefined;
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (command === "check-handler" && url === undefined) {
        url = token.value;
        continue;
      }
      return refused(`Unexpected argument ${JSON.stringify(token.value)}; values belong to flags`);
    }
    const name = token.rawName === "-h" ? "help" : token.name;
    const kind = token.rawName.startsWith("--") || name === "help" ? kinds.get(name) : undefined;
    if (kind === undefined) {
      return refused(`Unknown flag ${token.rawName}; ${suggestion(name, kinds.keys(), "--")}`);
    }
    if (kind === "switch") {
      if (token.value !== undefined) return refused(`Flag --${name} takes no value; leave it out`);
      switches.add(name);
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && /^--?[a-z]/i.test(token.value))) {
      return refused(`Flag --${name} needs a value; write --${name} VALUE, or --${name}=VALUE`);
    }
    if (kind === "values") (lists[name] ??= []).push(token.value);
    // The last one wins, as everywhere.
    else values[name] = token.value;
  }
  if (switches.has("help")) return { ok: true, command: { name: "help" } };
  if (switches.has("version")) return { ok: true, command: { name: "version" } };
  if (command === "check-handler") {
    if (url === undefined) {
      return refused("Which handler? write hubbub check-handler URL, as in its urlTemplate");
    }
    const { hub, ...flags } = values;
    return { ok: true, command: { name: command, flags, url, hub } };
  }
  return { ok: true, command: commandOf(command, values, lists, switches) };
}

function commandOf(
  name: Exclude<(typeof COMMANDS)[number], "check-handler">,
  values: Readonly<Record<string, string>>,
  lists: Readonly<Record<string, string[]>>,
  switches: ReadonlySet<string>,
): Command {
  switch (name) {
    case "serve":
      return { name, flags: values, json: switches.has("json") };
    case "token": {
      const { hub, user, minutes, ...flags } = values;
      return {
        name,
        flags,
        hub,
        user,
        minutes,
        roles: lists["role"] ?? [],
        groups: lists["group"] ?? [],
      };
    }
    default:
      return { name };
  }
}

function suggestion(name: string, known: Iterable<string>, dashes: string): string {
  const meant = nearest(name, known);
  return meant === undefined
    ? "`hubbub --help` lists the known ones"
    : `did you mean ${dashes}${meant}?`;
}

function refused(message: string): ParsedArgs {
  return { ok: false, message };
}
