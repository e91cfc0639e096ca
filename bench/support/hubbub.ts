/** Hubbub as the benches start it, and the tokens of its clients. */
import { fileURLToPath } from "node:url";
import { DEVELOPMENT_KEY } from "../../src/auth/access_key.ts";
import type { OpenJob } from "../load/open_load.ts";
import { signToken } from "../../tests/support/rest_client.ts";
import { Child } from "./process.ts";

/** The ways to write to sockets. */
export type Transport = "native" | "batching";
export const TRANSPORTS: readonly Transport[] = ["batching", "native"];

/** The hub of all benches. */
export const HUB = "bench";

/** Subprotocol of clients where nothing else is said. */
export const JSON_PROTOCOL = "json.webpubsub.azure.v1";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Flags of the runtime in the tasks `start` and `compile`: a small young generation, see ARCHITECTURE.md. */
export const START_FLAGS: readonly string[] = ["--v8-flags=--max-semi-space-size=1"];

/** Arguments of Deno that run the server as `deno task start` does. */
export function serverArgs(
  transport: Transport,
  runtimeFlags: readonly string[] = START_FLAGS,
): string[] {
  return [
    "run",
    "--allow-net",
    "--allow-env",
    "--allow-read",
    ...runtimeFlags,
    MAIN,
    ...hubbubFlags(transport),
  ];
}

/** The server's own flags: any port, one line when ready, no log. */
export function hubbubFlags(transport: Transport): string[] {
  return ["--port", "0", "--json", "--transport", transport, "--log-level", "off"];
}

/** Starts a server; gives its process and port. */
export async function startHubbub(
  transport: Transport,
  runtimeFlags: readonly string[] = START_FLAGS,
): Promise<{ readonly process: Child; readonly port: number }> {
  const process = new Child(Deno.execPath(), serverArgs(transport, runtimeFlags));
  const { endpoint } = await process.next<{ endpoint: string }>();
  return { process, port: Number(new URL(endpoint).port) };
}

/** Path and query of a client with a token of these claims. */
export function clientPath(port: number, claims: Record<string, unknown>): string {
  const aud = `http://127.0.0.1:${port}/client/hubs/${HUB}`;
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const token = signToken({ aud, exp, ...claims }, DEVELOPMENT_KEY);
  return `/client/hubs/${HUB}?access_token=${token}`;
}

/** Connections of JSON clients, each with a token of its own that puts it into a group of its own. */
export function openJob(port: number): OpenJob {
  return { door: { port, path: "", protocol: JSON_PROTOCOL, greeting: 1 }, tokens: true };
}
