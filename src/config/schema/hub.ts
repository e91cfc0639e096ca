/**
 * The settings of one hub, in the shape of Azure's resource model, so that the properties of a hub paste in from Bicep
 * or from `az webpubsub hub show`. What Azure knows and Hubbub does not (yet) is refused with what to use instead.
 */
import * as v from "valibot";
import { KEEP_ALIVE_SECONDS } from "../../limits.ts";
import { rule, setting } from "../setting.ts";
import { eventHandler } from "./event_handler.ts";
import { integer } from "./values.ts";

/** Declaration of one hub's settings, secrets still as references. */
export const hubSettingsSchema = v.object({
  anonymousConnectPolicy: v.optional(
    setting(v.pipe(v.string(), v.toLowerCase(), v.picklist(["allow", "deny"])), {
      doc: "Whether clients without a token may connect",
      wants: '"allow" or "deny"',
    }),
    "deny",
  ),
  webSocketKeepAliveIntervalInSeconds: v.optional(
    integer(KEEP_ALIVE_SECONDS.min, KEEP_ALIVE_SECONDS.max, {
      doc: "Interval of the server's pings, in seconds",
    }),
    KEEP_ALIVE_SECONDS.default,
  ),
  eventHandlers: v.optional(
    setting(v.array(eventHandler), {
      doc: "Event handlers, tried in order; the first that matches an event gets it",
      wants: "a list of event handlers",
    }),
    [],
  ),
  eventListeners: v.optional(
    setting(v.pipe(v.array(v.unknown()), rule(listenersDefect)), {
      doc: "Not supported yet",
      wants: "an empty list",
    }),
  ),
});

/** A hub's settings after validation, before its secrets are resolved. */
export type ParsedHub = v.InferOutput<typeof hubSettingsSchema>;

/** What may be given for a hub. */
export type HubInput = v.InferInput<typeof hubSettingsSchema>;

function listenersDefect(listeners: unknown[]): string | undefined {
  if (listeners.length === 0) return undefined;
  return "event listeners are not supported yet; leave the key out, or take the events with an event handler";
}
