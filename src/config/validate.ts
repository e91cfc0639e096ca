/**
 * From a merged tree to a configuration: the schema's issues and unknown keys become problems, hubs are judged one by
 * one, secrets are resolved, and the rules that look at several keys at once come last.
 */
import * as v from "valibot";
import { hubKey, isHubName } from "../names.ts";
import { hubProperties, withoutNulls } from "./azure.ts";
import type { EventHandler, HubSettings } from "./hub_settings.ts";
import { findingOf, findingOfUnknown } from "./issues.ts";
import type { Finding } from "./issues.ts";
import { isObject } from "./object.ts";
import { pathText, quoteValue } from "./problem.ts";
import type { ConfigProblem, PathKey } from "./problem.ts";
import { applyRules } from "./rules.ts";
import type { Config } from "./schema.ts";
import { configSchema, hubTable } from "./schema.ts";
import { resolveAuth } from "./secrets.ts";
import type { SecretSource } from "./secrets.ts";
import { hubSettingsSchema, type ParsedHub } from "./schema/hub.ts";
import { unknownKeys } from "./setting.ts";

/** A tree to be judged. */
export interface Draft {
  readonly tree: unknown;
  readonly secrets: SecretSource;
  /** Where the value at a path came from, for messages. */
  originOf(path: readonly PathKey[]): string | undefined;
}

/** A configuration, or all that is wrong with it. Warnings are whole sentences. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Judges a tree; never throws for what stands in it. */
export function judge(draft: Draft): ConfigResult {
  const tree = withoutNulls(draft.tree);
  const problems: ConfigProblem[] = [];
  const report = ({ path, reason }: Finding) => {
    problems.push({
      key: path.length === 0 ? "configuration" : pathText(path),
      source: draft.originOf(path),
      reason,
    });
  };
  for (const unknown of unknownKeys(configSchema, tree)) report(findingOfUnknown(unknown));
  const parsed = v.safeParse(configSchema, tree, { abortPipeEarly: true });
  for (const issue of parsed.issues ?? []) report(findingOf(configSchema, tree, issue));
  const hubs = parseHubs(isObject(tree) ? tree["hubs"] : undefined, draft.secrets, report);
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const ruled = applyRules({ ...parsed.output, hubs: hubTable(hubs) }, report);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, ...ruled };
}

type Report = (finding: Finding) => void;

function parseHubs(hubs: unknown, secrets: SecretSource, report: Report): Map<string, HubSettings> {
  const parsed = new Map<string, HubSettings>();
  if (!isObject(hubs)) return parsed;
  const spellings = new Map<string, string>();
  for (const [name, hub] of Object.entries(hubs)) {
    const path = ["hubs", name];
    if (name !== "*" && !isHubName(name)) {
      report({
        path,
        reason:
          `${
            quoteValue(name)
          } is no hub name; begin with a letter, go on with letters, digits or _ , ` +
          "128 characters at most",
      });
      continue;
    }
    const key = hubKey(name);
    const other = spellings.get(key);
    if (other !== undefined) {
      report({
        path,
        reason: `is the same hub as ${
          quoteValue(other)
        }, letter case does not count; keep one of them`,
      });
      continue;
    }
    spellings.set(key, name);
    const settings = parseHub(hub, path, secrets, report);
    if (settings !== undefined) parsed.set(key, settings);
  }
  return parsed;
}

function parseHub(
  hub: unknown,
  at: readonly PathKey[],
  secrets: SecretSource,
  report: Report,
): HubSettings | undefined {
  const { properties, path, misplaced } = hubProperties(hub, at);
  for (const name of misplaced) {
    report({
      path: [...at, name],
      reason: 'stands beside "properties"; move it inside or take it out',
    });
  }
  const place = (finding: Finding) => report({ ...finding, path: [...path, ...finding.path] });
  for (const unknown of unknownKeys(hubSettingsSchema, properties)) {
    place(findingOfUnknown(unknown));
  }
  const parsed = v.safeParse(hubSettingsSchema, properties, { abortPipeEarly: true });
  for (const issue of parsed.issues ?? []) place(findingOf(hubSettingsSchema, properties, issue));
  return parsed.success ? resolveHub(parsed.output, secrets, place) : undefined;
}

function resolveHub(hub: ParsedHub, secrets: SecretSource, report: Report): HubSettings {
  const eventHandlers: EventHandler[] = [];
  hub.eventHandlers.forEach((handler, at) => {
    const auth = resolveAuth(
      handler.auth,
      secrets,
      (path, reason) => report({ path: ["eventHandlers", at, "auth", ...path], reason }),
    );
    if (auth === undefined) return;
    const pattern = handler.userEventPattern?.trim();
    eventHandlers.push({
      urlTemplate: handler.urlTemplate,
      userEventPattern: pattern === "" ? undefined : pattern,
      systemEvents: handler.systemEvents,
      auth,
    });
  });
  return {
    anonymousConnectPolicy: hub.anonymousConnectPolicy,
    webSocketKeepAliveIntervalInSeconds: hub.webSocketKeepAliveIntervalInSeconds,
    eventHandlers,
  };
}
