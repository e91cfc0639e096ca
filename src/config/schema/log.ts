/** What is logged, and how. */
import * as v from "valibot";
import { setting } from "../setting.ts";

/** Log levels, the most talkative first. */
const LOG_LEVELS = ["debug", "info", "warn", "error", "off"] as const;
/** Log formats. */
const LOG_FORMATS = ["text", "json"] as const;

/** The object `log`. */
export const log = v.object({
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
});
