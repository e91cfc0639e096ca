/** One event handler of a hub, in the shape of Azure's resource model; secrets are references still. */
import * as v from "valibot";
import { eventPatternFlaw } from "../../events/event_pattern.ts";
import { authHeaderFlaw } from "../../events/header_rules.ts";
import { httpUrlFlaw } from "../../events/http_url.ts";
import { SYSTEM_EVENTS } from "../../events/system_events.ts";
import { urlTemplateFlaw } from "../../events/url_template.ts";
import { withoutFlaw } from "../flaws.ts";
import { rule, setting } from "../setting.ts";
import { presentText } from "./values.ts";

const reference = v.optional(presentText);

const headerAuth = v.object({
  type: v.literal("Header"),
  name: setting(v.pipe(v.string(), withoutFlaw(authHeaderFlaw)), {
    doc: "Header that carries the value",
    wants: "the name of a header",
  }),
  value: v.optional(v.string()),
  valueFromEnvironment: reference,
  valueFromFile: reference,
});

const oauthAuth = v.object({
  type: v.literal("OAuth2ClientCredentials"),
  tokenUrl: setting(v.pipe(v.string(), withoutFlaw(httpUrlFlaw)), {
    doc: "Token endpoint of the identity provider",
    wants: "the URL of the token endpoint",
  }),
  clientId: setting(presentText, {
    doc: "Client id at the identity provider",
    wants: "the client id",
  }),
  clientSecret: v.optional(v.string()),
  clientSecretFromEnvironment: reference,
  clientSecretFromFile: reference,
  scope: v.optional(presentText),
});

const managedIdentityAuth = v.pipe(
  v.object({ type: v.literal("ManagedIdentity"), managedIdentity: v.optional(v.unknown()) }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    addIssue({
      message:
        '"ManagedIdentity" exists on Azure only; use "OAuth2ClientCredentials" with tokenUrl, ' +
        "clientId and clientSecretFromEnvironment or clientSecretFromFile",
    });
  }),
);

function groupPresenceDefect(presence: { eventNames?: string[] | undefined }): string | undefined {
  if ((presence.eventNames?.length ?? 0) === 0) return undefined;
  return "group presence events are not supported yet; leave the key out";
}

/** One item of `eventHandlers`. */
export const eventHandler = v.object({
  urlTemplate: setting(v.pipe(v.string(), withoutFlaw(urlTemplateFlaw)), {
    doc: "Where events go; {hub} and {event} are replaced in path and query",
    wants: "an absolute http or https URL",
  }),
  userEventPattern: v.optional(setting(v.pipe(v.string(), withoutFlaw(eventPatternFlaw)), {
    doc: 'User events that the handler takes: "*", or names between commas; none when left out',
    wants: '"*" or event names between commas',
  })),
  systemEvents: v.optional(
    setting(v.array(v.pipe(v.string(), v.toLowerCase(), v.picklist(SYSTEM_EVENTS))), {
      doc: "System events that the handler takes",
      wants: 'a list of "connect", "connected", "disconnected"',
    }),
    [],
  ),
  groupPresenceEvents: v.optional(
    v.pipe(
      v.object({
        eventNames: v.optional(v.array(v.string())),
        groupFilters: v.optional(v.array(v.string())),
      }),
      rule(groupPresenceDefect),
    ),
  ),
  auth: v.optional(setting(
    v.variant("type", [
      v.object({ type: v.literal("None") }),
      headerAuth,
      oauthAuth,
      managedIdentityAuth,
    ]),
    {
      doc: "How requests to the handler prove who sends them",
      wants: 'an object such as {"type": "None"}',
    },
  )),
});
