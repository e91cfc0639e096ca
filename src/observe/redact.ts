/**
 * Takes secrets out of text before it reaches a log: tokens by their shape and place, and the keys that the server
 * knows. It would rather hide a harmless word than let a token through.
 */

/** What stands where a secret was. */
export const REDACTED = "***";

/** Makes `text` fit for a log. */
export type Redactor = (text: string) => string;

/** Names whose value is a secret wherever they stand: query, header, connection string, JSON. */
const SECRET_NAMES = [
  "access[_-]?token",
  "refresh[_-]?token",
  "id[_-]?token",
  "reconnection[_-]?token",
  "token",
  "access[_-]?key",
  "shared[_-]?access[_-]?key",
  "shared[_-]?access[_-]?signature",
  "api[_-]?key",
  "client[_-]?secret",
  "secret",
  "password",
  "passwd",
  "pwd",
  "signature",
  "ce-signature",
  "ce-connectionstate",
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
].join("|");

/** Names that are secret only as a query parameter: elsewhere they are plain words (`code=1006`). */
const SECRET_QUERY_NAMES = "code|key|sig|auth|pass|subscription-key|functions?-key";

/** A name does not start in the middle of a word, but may follow a percent-encoded delimiter. */
const NAME_START = "(?:(?<![A-Za-z0-9])|(?<=%3F|%26|%3B|%20))";

/** A value ends at a delimiter, plain or percent-encoded. */
const VALUE = `(?:(?!%26|%23|%3B)[^&#;,<>"'\`\\s])+`;

// Every quantifier below runs over a class that excludes its own terminator, so that no pattern backtracks badly.
const RULES: readonly (readonly [RegExp, string])[] = [
  // A JWT, whole or cut, wherever it stands: base64url of `{"` begins with `eyJ`.
  [/eyJ[\w\-.~+/=%]{4,}/g, REDACTED],
  // "Authorization: Bearer x", "Cookie: a=b; c=d": the rest of the line is the value.
  [
    /((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)(?:[^"'\r\n]*)/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(bearer|basic|sharedaccesssignature)(\s+|%20|\+)[^\s,;"'<>]+/gi, `$1$2${REDACTED}`],
  // "accessKey": "x"
  [
    new RegExp(`(["'])(${SECRET_NAMES})\\1(\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"?|'[^']*'?)`, "gi"),
    `$1$2$1$3"${REDACTED}"`,
  ],
  // access_token=x, AccessKey=x;, signature: sha256=x
  [
    new RegExp(`${NAME_START}(${SECRET_NAMES})(\\s*(?:=|:|%3D)\\s*)${VALUE}`, "gi"),
    `$1$2${REDACTED}`,
  ],
  // ?code=x, &sig=x
  [
    new RegExp(`([?&]|%3F|%26)(${SECRET_QUERY_NAMES})(=|%3D)${VALUE}`, "gi"),
    `$1$2$3${REDACTED}`,
  ],
  // https://user:password@host
  [/(:\/\/)[^\s/?#@"']+@/g, `$1${REDACTED}@`],
];

const SECRET_FIELD = new RegExp(
  `(?:^|[^A-Za-z])(?:${SECRET_NAMES})$|(?:Token|Key|Secret|Password)$`,
  "i",
);

/** Tells whether a log field of this name holds a secret whatever its value looks like. */
export function isSecretName(name: string): boolean {
  return SECRET_FIELD.test(name);
}

/**
 * Makes a redactor that also knows `secrets` (access keys, handler secrets) in plain, percent-encoded and JSON form.
 *
 * ```ts
 * import { createRedactor } from "./redact.ts";
 * import assert from "node:assert/strict";
 * const redact = createRedactor(["0123456789abcdef0123456789abcdef"]);
 * assert.equal(redact("GET /client/hubs/chat?access_token=abc&x=1"), "GET /client/hubs/chat?access_token=***&x=1");
 * assert.equal(redact("key 0123456789abcdef0123456789abcdef is old"), "key *** is old");
 * ```
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = spellings(secrets);
  return (text) => {
    let clean = text;
    for (const secret of known) {
      if (clean.includes(secret)) clean = clean.replaceAll(secret, REDACTED);
    }
    for (const [pattern, replacement] of RULES) clean = clean.replace(pattern, replacement);
    return clean;
  };
}

/** Every form in which a secret may turn up, the longest first: one may be a part of another. */
function spellings(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length === 0) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret.toWellFormed()));
    forms.add(JSON.stringify(secret).slice(1, -1));
    forms.add(new URLSearchParams([["", secret]]).toString().slice(1));
  }
  return [...forms].sort((a, b) => b.length - a.length);
}
