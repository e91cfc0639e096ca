/** What all event handlers share: the handler of hubs without settings, what they are told, where they may be. */
import * as v from "valibot";
import { urlTemplateFlaw } from "../../events/url_template.ts";
import { authorityFlaw } from "../../events/webhook_origin.ts";
import { bareHost, hostDefect } from "../address.ts";
import { withoutFlaw } from "../flaws.ts";
import { rule, setting } from "../setting.ts";

const loweredHost = v.pipe(
  v.string(),
  rule(hostDefect),
  v.transform((host) => bareHost(host).toLowerCase()),
);

/** The text `upstream`. */
export const upstream = setting(v.pipe(v.string(), withoutFlaw(urlTemplateFlaw)), {
  doc:
    "Handler of all events of the hubs that have no settings of their own; {hub} and {event} are replaced",
  wants: 'an absolute http or https URL such as "http://localhost:3000/eventhandler/{event}"',
  env: "HUBBUB_UPSTREAM",
  flag: "upstream",
  placeholder: "URL",
});

/** The object `egress`. */
export const egress = v.object({
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
});

/** The text `webhookOrigin`. */
export const webhookOrigin = setting(
  v.pipe(v.string(), withoutFlaw(authorityFlaw), v.transform((origin) => origin.toLowerCase())),
  {
    doc:
      "What event handlers are told as WebHook-Request-Origin instead of the public endpoint's host",
    wants: "host or host:port",
    env: "HUBBUB_WEBHOOK_ORIGIN",
  },
);
