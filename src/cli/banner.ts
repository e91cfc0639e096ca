/** What a person sees when the server is up, and what a program reads. */

/** The addresses of a running server. */
export interface Addresses {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly connectionString: string;
  readonly clientUrlTemplate: string;
  readonly healthUrl: string;
}

/**
 * The readiness line of `--json`, with its line end.
 *
 * ```ts
 * import { readinessLine } from "./banner.ts";
 * import assert from "node:assert/strict";
 * const line = readinessLine({
 *   endpoint: "http://127.0.0.1:41234",
 *   accessKey: "k",
 *   connectionString: "Endpoint=http://127.0.0.1:41234;AccessKey=k;Version=1.0;",
 *   clientUrlTemplate: "ws://127.0.0.1:41234/client/hubs/{hub}",
 *   healthUrl: "http://127.0.0.1:41234/api/health",
 * });
 * assert.equal(JSON.parse(line).healthUrl, "http://127.0.0.1:41234/api/health");
 * ```
 */
export function readinessLine(addresses: Addresses): string {
  const { endpoint, accessKey, connectionString, clientUrlTemplate, healthUrl } = addresses;
  return JSON.stringify({ endpoint, accessKey, connectionString, clientUrlTemplate, healthUrl }) +
    "\n";
}

/**
 * The start-up text. `showKey`: whether the connection string is written out; output that is no terminal ends in
 * files, which more people can read than should have the key. `command`: how this program is called here.
 */
export function banner(addresses: Addresses, showKey: boolean, command: string): string {
  const { endpoint, accessKey, clientUrlTemplate, healthUrl } = addresses;
  const connectionString = showKey
    ? addresses.connectionString
    : addresses.connectionString.replace(accessKey, () => "***");
  const options = endpoint.startsWith("https:") ? "" : ", { allowInsecureConnection: true }";
  const lines = [
    `Hubbub is listening on ${endpoint}`,
    "",
    `  Connection string  ${connectionString}`,
    `  Client URL         ${clientUrlTemplate}?access_token={token}`,
    `  Health             ${healthUrl}`,
    "",
    'Try it: get a client URL for hub "chat" with',
    "",
    `  ${command} token --hub chat --public-endpoint ${endpoint}`,
    "",
    "open it as a WebSocket, then send from Node (npm install @azure/web-pubsub):",
    "",
    '  const { WebPubSubServiceClient } = require("@azure/web-pubsub");',
    `  const chat = new WebPubSubServiceClient("<connection string>", "chat"${options});`,
    '  chat.sendToAll("hello", { contentType: "text/plain" });',
  ];
  if (!showKey) {
    lines.push("", "The access key is hidden: stdout is no terminal. With --json it is printed.");
  }
  return lines.join("\n") + "\n\n";
}
