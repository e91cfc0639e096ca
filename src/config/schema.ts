/**
 * The configuration: one typed tree, declared by area in `schema/`. Its documentation, defaults, flags, environment names
 * and rules are declared there and nowhere else; help, layers and messages are derived.
 */
import * as v from "valibot";
import type { HubSettings } from "./hub_settings.ts";
import { isObject } from "./object.ts";
import { accessKeys } from "./schema/access_keys.ts";
import { cors } from "./schema/cors.ts";
import { egress, upstream, webhookOrigin } from "./schema/handlers.ts";
import type { HubInput } from "./schema/hub.ts";
import { limits, times } from "./schema/limits.ts";
import { listening } from "./schema/listening.ts";
import { log } from "./schema/log.ts";
import { oidc } from "./schema/oidc.ts";
import { setting, settingsOf } from "./setting.ts";
import type { Setting } from "./setting.ts";

export type { EventHandler, HandlerAuth, HubSettings } from "./hub_settings.ts";

/** Declaration of the whole tree; `hubs` is judged hub by hub with `hubSettingsSchema`. */
export const configSchema = v.object({
  ...listening,
  accessKeys: v.optional(accessKeys, {}),
  upstream: v.optional(upstream),
  hubs: v.optional(
    setting(v.custom<Record<string, unknown>>(isObject), {
      doc: 'Settings by hub name; "*" is the default of hubs not named',
      wants: "an object that maps hub names to their settings",
    }),
    {},
  ),
  ...times,
  limits: v.optional(limits, {}),
  oidc: v.optional(oidc),
  cors: v.optional(cors),
  egress: v.optional(egress, {}),
  webhookOrigin: v.optional(webhookOrigin),
  log: v.optional(log, {}),
});

/** The validated configuration. Optional members are those without a default. */
export type Config = Omit<v.InferOutput<typeof configSchema>, "hubs"> & {
  /**
   * Settings by hub name in lower case; `*` is the default of hubs not named, and holds the handler of `upstream`.
   * Has no prototype, so that a hub called `constructor` finds nothing.
   */
  readonly hubs: Readonly<Record<string, HubSettings>>;
};

type Immutable<T> = T extends readonly (infer Item)[] ? readonly Immutable<Item>[]
  : T extends object ? { readonly [Member in keyof T]: Immutable<T[Member]> }
  : T;

/** What may be given in code or in a file: everything is optional, a whole `Config` is fine too. */
export type ConfigInput =
  & Immutable<Omit<v.InferInput<typeof configSchema>, "hubs">>
  & { readonly hubs?: Readonly<Record<string, Immutable<HubInput> | HubSettings>> | undefined };

/** Every setting of the tree except those inside `hubs`, in order of declaration. */
export const SETTINGS: readonly Setting[] = settingsOf(configSchema);

/** The configuration of a server that is told nothing. */
export function defaultConfig(): Config {
  return { ...v.parse(configSchema, {}), hubs: hubTable([]) };
}

/** A table of hubs without a prototype. */
export function hubTable(entries: Iterable<readonly [string, HubSettings]>): Config["hubs"] {
  const table: Record<string, HubSettings> = Object.create(null);
  for (const [hub, settings] of entries) table[hub] = settings;
  return table;
}
