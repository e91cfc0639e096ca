/**
 * The configuration: one typed tree. Its documentation, defaults, flags, environment names and rules are declared here
 * and nowhere else; help, layers and messages are derived.
 */
import * as v from "valibot";
import { checkAccessKey, DEVELOPMENT_KEY } from "../auth/access_key.ts";
import { urlTemplateFlaw } from "../events/url_template.ts";
import { authorityFlaw } from "../events/webhook_origin.ts";
import {
  DRAIN_MS,
  MAX_GROUPS_PER_CONNECTION,
  RECOVERY_WINDOW_MS,
  RESERVED_DESCRIPTORS,
} from "../limits.ts";
import {
  bareHost,
  corsOriginDefect,
  endpointDefect,
  hostDefect,
  httpUrlDefect,
  normalEndpoint,
  normalOrigin,
  publicHostDefect,
} from "./address.ts";
import { withoutFlaw } from "./flaws.ts";
import type { HubInput, HubSettings } from "./hub_settings.ts";
import { isObject } from "./object.ts";
import { restLimits } from "./rest_limits.ts";
import { rule, setting, settingsOf } from "./setting.ts";
import type { Setting } from "./setting.ts";

export type { EventHandler, HandlerAuth, HubSettings } from "./hub_settings.ts";

/** Who speaks HTTP and WebSocket: we, so that writes can be joined, or the runtime. */
export const TRANSPORTS = ["batching", "native"] as const;
/** Log levels, the most talkative first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "off"] as const;
/** Log formats. */
export const LOG_FORMATS = ["text", "json"] as const;

const endpoint = v.pipe(v.string(), rule(endpointDefect), v.transform(normalEndpoint));
const corsOrigin = v.pipe(v.string(), rule(corsOriginDefect), v.transform(normalOrigin));
const key = v.pipe(v.string(), rule(accessKeyDefect));
const roleName = v.pipe(v.string(), rule(blankDefect));
const loweredHost = v.pipe(
  v.string(),
  rule(hostDefect),
  v.transform((host) => bareHost(host).toLowerCase()),
);

function accessKeyDefect(text: string): string | undefined {
  const check = checkAccessKey(text, "key");
  if (check.ok) return undefined;
  return `${check.message.replace("Cannot use the key: ", "")}; \`hubbub key\` prints one`;
}

function blankDefect(text: string): string | undefined {
  return text.trim() === "" ? "is empty; give a value or leave the key out" : undefined;
}

/** An integer from `min` to `max`. */
function integer(min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

const accessKeys = v.object({
  primary: v.optional(
    setting(key, {
      doc: "Key that signs and verifies tokens",
      wants: "a key of at least 32 bytes, such as `hubbub key` prints",
      env: "HUBBUB_ACCESS_KEY",
      flag: "access-key",
      placeholder: "KEY",
      secret: true,
    }),
    DEVELOPMENT_KEY,
  ),
  secondary: v.optional(setting(key, {
    doc: "Second key that is accepted, for changing keys without a break",
    wants: "a key of at least 32 bytes, such as `hubbub key` prints",
    env: "HUBBUB_SECONDARY_ACCESS_KEY",
    secret: true,
  })),
});

const oidc = v.object({
  issuer: setting(v.pipe(v.string(), rule(httpUrlDefect)), {
    doc: "Identity provider whose tokens REST accepts besides access-key tokens",
    wants: "the URL of the issuer, exactly as in the tokens",
    env: "HUBBUB_OIDC_ISSUER",
  }),
  jwksUri: v.optional(setting(v.pipe(v.string(), rule(httpUrlDefect)), {
    doc: "Where the issuer's keys are; discovered from the issuer when left out",
    wants: "the URL of the key set",
    env: "HUBBUB_OIDC_JWKS_URI",
  })),
  audience: v.optional(
    setting(v.pipe(v.array(roleName), v.minLength(1)), {
      doc: "Audiences of which a token must have one",
      wants: "a list with at least one audience",
      env: "HUBBUB_OIDC_AUDIENCE",
    }),
    ["https://webpubsub.azure.com"],
  ),
  rolesClaim: v.optional(
    setting(roleName, {
      doc: "Claim that holds the roles",
      wants: "the name of a claim",
      env: "HUBBUB_OIDC_ROLES_CLAIM",
    }),
    "roles",
  ),
  ownerRoles: v.optional(
    setting(v.array(roleName), {
      doc: "Roles that may do everything",
      wants: "a list of role names",
      env: "HUBBUB_OIDC_OWNER_ROLES",
    }),
    ["Web PubSub Service Owner"],
  ),
  readerRoles: v.optional(
    setting(v.array(roleName), {
      doc: "Roles that may only read",
      wants: "a list of role names",
      env: "HUBBUB_OIDC_READER_ROLES",
    }),
    ["Web PubSub Service Reader"],
  ),
});

const limits = v.object({
  groupsPerConnection: v.optional(
    setting(integer(0, 4_000_000), {
      doc: "Groups that one connection may be in; 0 is no bound",
      wants: "an integer from 0 to 4000000",
      env: "HUBBUB_LIMITS_GROUPS_PER_CONNECTION",
    }),
    MAX_GROUPS_PER_CONNECTION,
  ),
  reservedDescriptors: v.optional(
    setting(integer(0, 100_000), {
      doc: "File descriptors that connections leave to everything else; 0 switches the account off",
      wants: "an integer from 0 to 100000",
      env: "HUBBUB_LIMITS_RESERVED_DESCRIPTORS",
    }),
    RESERVED_DESCRIPTORS,
  ),
  ...restLimits,
});

/** Declaration of the whole tree; `hubs` is judged hub by hub with `hubSettingsSchema`. */
export const configSchema = v.object({
  host: v.optional(
    setting(v.pipe(v.string(), rule(hostDefect), v.transform(bareHost)), {
      doc: "Host name or IP address to listen on",
      wants: 'a host name or an IP address such as "localhost" or "0.0.0.0"',
      env: "HUBBUB_HOST",
      flag: "host",
      placeholder: "HOST",
    }),
    "localhost",
  ),
  port: v.optional(
    setting(integer(0, 65535), {
      doc: "Port to listen on; 0 takes a free one",
      wants: "an integer from 0 to 65535",
      env: "HUBBUB_PORT",
      flag: "port",
      placeholder: "PORT",
    }),
    8080,
  ),
  publicEndpoint: v.optional(setting(v.pipe(endpoint, rule(publicHostDefect)), {
    doc: "URL under which clients and applications reach the server, a path base included",
    wants: 'an absolute http or https URL such as "https://push.example.com"',
    env: "HUBBUB_PUBLIC_ENDPOINT",
    flag: "public-endpoint",
    placeholder: "URL",
  })),
  additionalEndpoints: v.optional(
    setting(v.array(endpoint), {
      doc: "Further public endpoints that tokens may name as their audience",
      wants: "a list of absolute http or https URLs",
      env: "HUBBUB_ADDITIONAL_ENDPOINTS",
    }),
    [],
  ),
  trustForwardedHeaders: v.optional(
    setting(v.boolean(), {
      doc: "Whether X-Forwarded-Host is believed; only behind a proxy that sets it",
      wants: "true or false",
      env: "HUBBUB_TRUST_FORWARDED_HEADERS",
    }),
    false,
  ),
  transport: v.optional(
    setting(v.picklist(TRANSPORTS), {
      doc: "Who speaks HTTP and WebSocket: batching is our own, native the runtime's",
      wants: '"batching" or "native"',
      env: "HUBBUB_TRANSPORT",
      flag: "transport",
      placeholder: "KIND",
    }),
    "batching",
  ),
  accessKeys: v.optional(accessKeys, {}),
  upstream: v.optional(setting(v.pipe(v.string(), withoutFlaw(urlTemplateFlaw)), {
    doc:
      "Handler of all events of the hubs that have no settings of their own; {hub} and {event} are replaced",
    wants: 'an absolute http or https URL such as "http://localhost:3000/eventhandler/{event}"',
    env: "HUBBUB_UPSTREAM",
    flag: "upstream",
    placeholder: "URL",
  })),
  hubs: v.optional(
    setting(v.custom<Record<string, unknown>>(isObject), {
      doc: 'Settings by hub name; "*" is the default of hubs not named',
      wants: "an object that maps hub names to their settings",
    }),
    {},
  ),
  recoveryWindowSeconds: v.optional(
    setting(integer(1, 3600), {
      doc: "How long a reliable client that lost its socket can come back, in seconds",
      wants: "an integer from 1 to 3600",
      env: "HUBBUB_RECOVERY_WINDOW_SECONDS",
    }),
    RECOVERY_WINDOW_MS / 1000,
  ),
  drainSeconds: v.optional(
    setting(integer(0, 300), {
      doc: "How long a stop waits for clients and handlers, in seconds",
      wants: "an integer from 0 to 300",
      env: "HUBBUB_DRAIN_SECONDS",
    }),
    DRAIN_MS / 1000,
  ),
  limits: v.optional(limits, {}),
  oidc: v.optional(oidc),
  cors: v.optional(v.object({
    allowedOrigins: setting(v.array(corsOrigin), {
      doc:
        "Origins whose browser pages may call REST and the health probe; no CORS at all when left out",
      wants: 'a list of origins such as "https://app.example.com", or "*"',
      env: "HUBBUB_CORS_ALLOWED_ORIGINS",
    }),
  })),
  egress: v.optional(
    v.object({
      denyPrivateAddresses: v.optional(
        setting(v.boolean(), {
          doc: "Whether event handlers on loopback and private addresses are refused",
          wants: "true or false",
          env: "HUBBUB_EGRESS_DENY_PRIVATE_ADDRESSES",
        }),
        false,
      ),
      allowedHosts: v.optional(
        setting(v.array(loweredHost), {
          doc:
            "Handler hosts that are allowed whatever their address: link-local and metadata addresses need it",
          wants: "a list of host names or IP addresses",
          env: "HUBBUB_EGRESS_ALLOWED_HOSTS",
        }),
        [],
      ),
    }),
    {},
  ),
  webhookOrigin: v.optional(
    setting(
      v.pipe(v.string(), withoutFlaw(authorityFlaw), v.transform((origin) => origin.toLowerCase())),
      {
        doc:
          "What event handlers are told as WebHook-Request-Origin instead of the public endpoint's host",
        wants: "host or host:port",
        env: "HUBBUB_WEBHOOK_ORIGIN",
      },
    ),
  ),
  log: v.optional(
    v.object({
      level: v.optional(
        setting(v.picklist(LOG_LEVELS), {
          doc: "Least urgent level that is logged",
          wants: '"debug", "info", "warn", "error" or "off"',
          env: "HUBBUB_LOG_LEVEL",
          flag: "log-level",
          placeholder: "LEVEL",
        }),
        "info",
      ),
      format: v.optional(
        setting(v.picklist(LOG_FORMATS), {
          doc: "Log lines as text or as JSON",
          wants: '"text" or "json"',
          env: "HUBBUB_LOG_FORMAT",
          flag: "log-format",
          placeholder: "FORMAT",
        }),
        "text",
      ),
    }),
    {},
  ),
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
