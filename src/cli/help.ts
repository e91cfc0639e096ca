/** The text of `--help`, derived from the declaration of the settings. */
import { SETTINGS } from "../config/schema.ts";
import type { Setting } from "../config/setting.ts";

/** Widest line of the help, in characters. */
const WIDTH = 100;

/**
 * The whole help.
 *
 * ```ts
 * import { helpText } from "./help.ts";
 * import assert from "node:assert/strict";
 * assert.match(helpText(), /--port PORT/);
 * ```
 */
export function helpText(): string {
  const flags = SETTINGS.filter((setting) => setting.flag !== undefined);
  const others = SETTINGS.filter((setting) => setting.flag === undefined);
  return [
    "Hubbub: a self-hosted server for clients and SDKs of Azure Web PubSub",
    "",
    "Usage:",
    "  hubbub [flags]                 start the server",
    "  hubbub token --hub HUB [...]   print a client URL with a token",
    "  hubbub check-handler URL       ask an event handler what the server would ask it",
    "  hubbub key                     print a fresh access key",
    "  hubbub help | version",
    "",
    "Flags (stronger than the environment, which is stronger than the file):",
    ...table([
      ...flags.map((setting) => [
        `--${setting.flag} ${setting.placeholder ?? "VALUE"}`,
        `${setting.doc}${defaultText(setting)} [${setting.env}]`,
      ]),
      ["--config FILE", "Configuration file, JSON or YAML [HUBBUB_CONFIG]"],
      ["--json", "Print one JSON line when listening, and nothing else, on stdout"],
      ["-h, --help", "Print this text"],
      ["--version", "Print the version"],
    ]),
    "",
    "Flags of token, beside those that say which server:",
    ...table([
      ["--hub HUB", "Hub that the client connects to"],
      ["--user USER", "User id of the client; none when left out"],
      ["--role ROLE", "Role such as webpubsub.sendToGroup; may be repeated"],
      ["--group GROUP", "Group that the client is in from the start; may be repeated"],
      ["--minutes N", "Life of the token in minutes (default 60)"],
    ]),
    "",
    "Further settings, by environment or file:",
    ...table(
      others.flatMap((setting) =>
        setting.env === undefined ? [] : [[setting.env, `${setting.doc}${defaultText(setting)}`]]
      ),
    ),
    "",
    "Configuration file, for example:",
    '  {"port": 8080, "hubs": {"chat": {"anonymousConnectPolicy": "deny", "eventHandlers": [{',
    '    "urlTemplate": "http://localhost:3000/eventhandler/{event}",',
    '    "userEventPattern": "*", "systemEvents": ["connect", "connected", "disconnected"]}]}}}',
    "A hub's settings are the properties that `az webpubsub hub show` prints.",
    "",
    "Exit codes: 0 clean stop, 1 failure, 2 bad usage or configuration",
    "",
  ].join("\n");
}

function defaultText(setting: Setting): string {
  if (setting.secret === true) {
    return setting.default === undefined ? "" : " (default: the public development key)";
  }
  const value = setting.default;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "";
  return ` (default ${Array.isArray(value) ? value.join(",") : String(value)})`;
}

/** Two columns; the second is wrapped. */
function table(rows: readonly (readonly string[])[]): string[] {
  const first = Math.max(...rows.map((row) => row[0]?.length ?? 0));
  return rows.flatMap(([term = "", text = ""]) => {
    const lines = wrap(text, WIDTH - first - 4);
    return lines.map((line, at) => `  ${(at === 0 ? term : "").padEnd(first)}  ${line}`);
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
