/**
 * How a simple client speaks, as its URL says.
 */
import { last, type Parameters } from "../hub/client_target.ts";
import { isGroupName } from "../names.ts";
import type { RawMode } from "../protocol/raw.ts";

/** Reads the mode; a text is the defect. Judged for every new client, whatever it offers. */
export function rawMode(parameters: Parameters): RawMode | string {
  const mode = (last(parameters, "webpubsub_mode") ?? "").toLowerCase();
  if (mode === "" || mode === "sendevent") return { kind: "sendEvent" };
  if (mode !== "sendtogroup") return "Invalid webpubsub_mode.";
  const group = last(parameters, "group");
  if (group === undefined || !isGroupName(group)) return "Invalid group name.";
  const noEcho = (last(parameters, "noEcho") ?? "").toLowerCase();
  if (noEcho !== "" && noEcho !== "true" && noEcho !== "false") return "Invalid noEcho.";
  return { kind: "sendToGroup", group, noEcho: noEcho === "true" };
}
