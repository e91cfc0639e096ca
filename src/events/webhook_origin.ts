/**
 * The name under which this server asks handlers for permission: a host, with a port only where the setting
 * `webhookOrigin` gives one. Rules: CloudEvents HTTP webhook, 4.1.2.
 */
import type { Flaw } from "./flaw.ts";

const AUTHORITY = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Whether a text is a host with an optional port, in any case. Cheap: runs for hosts that clients name. */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text.toLowerCase());
}

/** What is wrong with a `host[:port]` of the settings, or `undefined`. */
export function authorityFlaw(text: string): Flaw | undefined {
  if (text === "") return { problem: "is empty", fix: "give host or host:port" };
  if (text.includes("://")) return { problem: "is a URL", fix: "give only host or host:port" };
  if (isAuthority(text) && URL.canParse(`http://${text}`)) return undefined;
  return {
    problem: "is not host or host:port",
    fix: 'give for example "push.example.com", international names in their ASCII form',
  };
}
