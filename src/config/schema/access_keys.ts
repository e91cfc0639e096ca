/** The keys that sign and verify tokens. */
import * as v from "valibot";
import { checkAccessKey, DEVELOPMENT_KEY } from "../../auth/access_key.ts";
import { rule, setting } from "../setting.ts";

const key = v.pipe(v.string(), rule(accessKeyDefect));

/** The object `accessKeys`. */
export const accessKeys = v.object({
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

function accessKeyDefect(text: string): string | undefined {
  const check = checkAccessKey(text, "key");
  if (check.ok) return undefined;
  return `${check.message.replace("Cannot use the key: ", "")}; \`hubbub key\` prints one`;
}
