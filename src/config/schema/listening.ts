/** Where the server listens, and under which names others reach it. */
import * as v from "valibot";
import { DEFAULT_PORT, MAX_PORT } from "../../limits.ts";
import { bareHost, hostDefect, publicHostDefect } from "../address.ts";
import { rule, setting } from "../setting.ts";
import { endpoint, integer } from "./values.ts";

/** Who speaks HTTP and WebSocket: we, so that writes can be joined, or the runtime. */
export const TRANSPORTS = ["batching", "native"] as const;

/** Entries of the tree's top. */
export const listening = {
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
    integer(0, MAX_PORT, {
      doc: "Port to listen on; 0 takes a free one",
      env: "HUBBUB_PORT",
      flag: "port",
      placeholder: "PORT",
    }),
    DEFAULT_PORT,
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
};
