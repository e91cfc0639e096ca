/** Rules that look at several keys at once, on a tree whose every value is good by itself. */
import { DEVELOPMENT_KEY } from "../auth/access_key.ts";
import { SYSTEM_EVENTS } from "../events/system_events.ts";
import { unknownPlaceholders } from "../events/url_template.ts";
import { KEEP_ALIVE_SECONDS } from "../limits.ts";
import { isLoopback } from "./address.ts";
import type { EventHandler, HubSettings } from "./hub_settings.ts";
import type { Finding } from "./issues.ts";
import { pathText, quoteValue } from "./problem.ts";
import type { Config } from "./schema.ts";
import { hubTable } from "./schema.ts";

/** The configuration with what follows from it, and what its author should know. */
export interface Ruled {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/** Reports what does not go together; puts the handler of `upstream` into the default hub. */
export function applyRules(config: Config, report: (finding: Finding) => void): Ruled {
  const warnings: string[] = [];
  judgeKeys(config, report, warnings);
  warnAboutHandlers(config, warnings);
  return { config: withUpstream(config, report, warnings), warnings };
}

/** The development key is known to everybody: it may guard only what nobody else can reach. */
function judgeKeys(config: Config, report: (finding: Finding) => void, warnings: string[]): void {
  const { primary, secondary } = config.accessKeys;
  const name = primary === DEVELOPMENT_KEY
    ? "primary"
    : secondary === DEVELOPMENT_KEY
    ? "secondary"
    : undefined;
  if (name === undefined) return;
  if (!isLoopback(config.host)) {
    const how = name === "primary"
      ? "give it with --access-key, HUBBUB_ACCESS_KEY or accessKeys.primary"
      : "put it in its place";
    report({
      path: ["accessKeys", name],
      reason:
        `the development key is public and good only while listening on loopback, but host is ${
          quoteValue(config.host)
        }; make a key with \`hubbub key\` and ${how}, or listen on localhost`,
    });
    return;
  }
  const endpoint = config.publicEndpoint;
  if (endpoint !== undefined && !isLoopback(new URL(endpoint).hostname)) {
    warnings.push(
      `The development key is public, and publicEndpoint ${
        quoteValue(endpoint)
      } lets others reach the server; make a key of your own with \`hubbub key\``,
    );
  }
}

/** Handlers that are valid and yet hardly what was meant. */
function warnAboutHandlers(config: Config, warnings: string[]): void {
  for (const [hub, settings] of Object.entries(config.hubs)) {
    settings.eventHandlers.forEach((handler, at) => {
      const key = pathText(["hubs", hub, "eventHandlers", at]);
      for (const text of unknownPlaceholders(handler.urlTemplate)) {
        warnings.push(
          `${key}.urlTemplate: ${
            quoteValue(text)
          } is no parameter and is sent as it stands; {hub} and {event} are known`,
        );
      }
      if (handler.userEventPattern === undefined && handler.systemEvents.length === 0) {
        warnings.push(`${key}: takes no event at all; give userEventPattern or systemEvents`);
      }
    });
  }
}

function withUpstream(
  config: Config,
  report: (finding: Finding) => void,
  warnings: string[],
): Config {
  if (config.upstream === undefined) return config;
  const handler: EventHandler = {
    urlTemplate: config.upstream,
    userEventPattern: "*",
    systemEvents: [...SYSTEM_EVENTS],
    auth: { type: "None" },
  };
  const written = config.hubs["*"];
  if (written !== undefined && written.eventHandlers.length > 0) {
    // A configuration that went through here before is no conflict with itself.
    if (isSame(written.eventHandlers, handler)) return config;
    report({
      path: ["upstream"],
      reason: `${
        quoteValue(config.upstream)
      } and hubs["*"].eventHandlers both want the events of the hubs not named; keep one of them`,
    });
    return config;
  }
  for (const hub of Object.keys(config.hubs)) {
    if (hub === "*") continue;
    warnings.push(
      `upstream gets no events of hub ${
        quoteValue(hub)
      }, which has settings of its own; give it an eventHandlers entry if it should`,
    );
  }
  const fallback: HubSettings = {
    anonymousConnectPolicy: written?.anonymousConnectPolicy ?? "deny",
    webSocketKeepAliveIntervalInSeconds: written?.webSocketKeepAliveIntervalInSeconds ??
      KEEP_ALIVE_SECONDS.default,
    eventHandlers: [handler],
  };
  return { ...config, hubs: hubTable([...Object.entries(config.hubs), ["*", fallback]]) };
}

function isSame(handlers: readonly EventHandler[], wanted: EventHandler): boolean {
  const [only] = handlers;
  return handlers.length === 1 && only !== undefined && only.urlTemplate === wanted.urlTemplate &&
    only.userEventPattern === "*" && only.systemEvents.length === wanted.systemEvents.length &&
    only.auth.type === "None";
}
