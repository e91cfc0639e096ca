/**
 * The log: one line an entry on stderr, as text for people or as JSON for machines. Every string goes through the
 * redactor, whatever the caller took care of. stdout stays free for the readiness line.
 */
import type { Log, LogFields } from "../ports.ts";
import { createRedactor, isSecretName, REDACTED } from "./redact.ts";
import type { Redactor } from "./redact.ts";

/** The least urgent level that is written; `off` writes nothing. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "off";

/** How a line looks: `text` for people, `json` for machines, one object a line. */
export type LogFormat = "text" | "json";

/** What a log needs. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Access keys and handler secrets that no line may hold. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes one line without its line end; stderr unless given. */
  readonly write?: (line: string) => void;
}

const URGENCY: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  off: 4,
};

/** Members of a JSON line that no field may overwrite. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(["time", "level", "message"]);

function ignore(): void {}

/**
 * Makes a log. A level below the wanted one costs one call of an empty function.
 *
 * ```ts
 * import { createLog } from "./log.ts";
 * import assert from "node:assert/strict";
 * const lines: string[] = [];
 * const log = createLog({ level: "info", format: "text", secrets: [], now: () => 0, write: (l) => lines.push(l) });
 * log.debug("not seen");
 * log.info("Client connected", { hub: "chat", connection: "c1" });
 * assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z INFO  Client connected hub=chat connection=c1"]);
 * ```
 */
export function createLog(options: LogOptions): Log {
  const redact = createRedactor(options.secrets);
  const write = options.write ?? writeToStderr;
  const format = options.format === "json" ? jsonLine : textLine;
  const at = (level: Exclude<LogLevel, "off">): Log["info"] => {
    if (URGENCY[level] < URGENCY[options.level]) return ignore;
    return (message, fields) => write(format(options.now(), level, message, fields, redact));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** The fields that have a value, without secrets. */
function* cleaned(
  fields: LogFields = {},
  redact: Redactor,
): Generator<[name: string, value: string | number | boolean]> {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (isSecretName(name)) yield [name, REDACTED];
    else yield [name, typeof value === "string" ? redact(value) : value];
  }
}

function jsonLine(
  now: number,
  level: string,
  message: string,
  fields: LogFields | undefined,
  redact: Redactor,
): string {
  const entry: Record<string, string | number | boolean> = {
    time: new Date(now).toISOString(),
    level,
    message: redact(message),
  };
  for (const [name, value] of cleaned(fields, redact)) {
    entry[OWN_MEMBERS.has(name) ? `${name}_` : name] = value;
  }
  // What JSON leaves alone and terminals do not, as escapes that JSON knows too.
  return escapeControls(JSON.stringify(entry));
}

function textLine(
  now: number,
  level: string,
  message: string,
  fields: LogFields | undefined,
  redact: Redactor,
): string {
  let line = `${new Date(now).toISOString()} ${level.toUpperCase().padEnd(5)} ${
    escapeControls(redact(message))
  }`;
  for (const [name, value] of cleaned(fields, redact)) line += ` ${name}=${textValue(value)}`;
  return line;
}

/** Plain where it can be read plainly, else quoted: a value can neither end the line nor imitate another field. */
function textValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  return /^[^\s"=\\\p{C}]+$/u.test(value) ? value : escapeControls(JSON.stringify(value));
}

/** Line ends and terminal sequences from outside must not act on the reader's terminal. */
function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function writeToStderr(line: string): void {
  try {
    // deno-lint-ignore no-console
    console.error(line);
  } catch {
    // Older runtimes throw when whoever read stderr is gone. There is nowhere left to report it, and a lost log line
    // must not end a client's connection.
  }
}
