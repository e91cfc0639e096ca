/** The identity provider whose tokens REST accepts. */
import * as v from "valibot";
import { httpUrlDefect } from "../address.ts";
import { rule, setting } from "../setting.ts";
import { presentText } from "./values.ts";

/** The object `oidc`. */
export const oidc = v.object({
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
    setting(v.pipe(v.array(presentText), v.minLength(1)), {
      doc: "Audiences of which a token must have one",
      wants: "a list with at least one audience",
      env: "HUBBUB_OIDC_AUDIENCE",
    }),
    ["https://webpubsub.azure.com"],
  ),
  rolesClaim: v.optional(
    setting(presentText, {
      doc: "Claim that holds the roles",
      wants: "the name of a claim",
      env: "HUBBUB_OIDC_ROLES_CLAIM",
    }),
    "roles",
  ),
  ownerRoles: v.optional(
    setting(v.array(presentText), {
      doc: "Roles that may do everything",
      wants: "a list of role names",
      env: "HUBBUB_OIDC_OWNER_ROLES",
    }),
    ["Web PubSub Service Owner"],
  ),
  readerRoles: v.optional(
    setting(v.array(presentText), {
      doc: "Roles that may only read",
      wants: "a list of role names",
      env: "HUBBUB_OIDC_READER_ROLES",
    }),
    ["Web PubSub Service Reader"],
  ),
});
