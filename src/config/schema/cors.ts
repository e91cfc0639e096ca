/** Which pages may call the server. */
import * as v from "valibot";
import { corsOriginDefect, normalOrigin } from "../address.ts";
import { rule, setting } from "../setting.ts";

const corsOrigin = v.pipe(v.string(), rule(corsOriginDefect), v.transform(normalOrigin));

/** The object `cors`. */
export const cors = v.object({
  allowedOrigins: setting(v.array(corsOrigin), {
    doc:
      "Origins whose browser pages may call REST and the health probe; no CORS at all when left out",
    wants: 'a list of origins such as "https://app.example.com", or "*"',
    env: "HUBBUB_CORS_ALLOWED_ORIGINS",
  }),
});
