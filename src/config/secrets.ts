/** Resolves references to secrets: a value that stands in the environment or in a file of its own. */
import { messageOf } from "../errors.ts";
import { isHeaderValue } from "../events/header_rules.ts";
import type { HandlerAuth } from "./hub_settings.ts";
import type { ParsedHub } from "./schema/hub.ts";
import type { Config } from "./schema.ts";
import type { PathKey } from "./problem.ts";

/** Where secrets come from. */
export interface SecretSource {
  /** Value of an environment variable. */
  variable(name: string): string | undefined;
  /** Text of a file; a relative path counts from where the configuration stands. Throws when it cannot be read. */
  readFile(path: string): string;
  /** Whether a secret may stand in the configuration itself: yes for options in code, no for a file. */
  readonly inline: boolean;
}

/** Called with each problem: the path below the auth object, then defect and fix. */
export type Complain = (path: readonly PathKey[], reason: string) => void;

type ParsedAuth = NonNullable<ParsedHub["eventHandlers"][number]["auth"]>;

/** An auth object with its secret in it; `undefined` after a complaint. */
export function resolveAuth(
  auth: ParsedAuth | undefined,
  source: SecretSource,
  complain: Complain,
): HandlerAuth | undefined {
  if (auth === undefined) return { type: "None" };
  switch (auth.type) {
    case "None":
      return { type: "None" };
    case "Header": {
      const value = resolve("value", auth, source, complain);
      return value === undefined ? undefined : { ...auth, value };
    }
    case "OAuth2ClientCredentials": {
      const clientSecret = resolve("clientSecret", auth, source, complain);
      return clientSecret === undefined ? undefined : { ...auth, clientSecret };
    }
    case "ManagedIdentity":
      // The schema has refused it with what to use instead.
      return undefined;
  }
}

function resolve(
  name: string,
  auth: Readonly<Record<string, unknown>>,
  source: SecretSource,
  complain: Complain,
): string | undefined {
  const inline = auth[name];
  const variableKey = `${name}FromEnvironment`;
  const fileKey = `${name}FromFile`;
  const variable = auth[variableKey];
  const file = auth[fileKey];
  if (typeof inline === "string") {
    if (source.inline) return usable(inline, [name], complain);
    complain(
      [name],
      `holds a secret in plain text; put it into the environment or a file and name that in ${variableKey} or ${fileKey}`,
    );
    return undefined;
  }
  if (typeof variable === "string" && typeof file === "string") {
    complain([fileKey], `stands beside ${variableKey}; give only one of them`);
    return undefined;
  }
  if (typeof variable === "string") {
    const text = source.variable(variable);
    if (text !== undefined) return usable(text, [variableKey], complain);
    complain(
      [variableKey],
      `the environment has no ${JSON.stringify(variable)}; set it to the secret`,
    );
    return undefined;
  }
  if (typeof file === "string") {
    let text: string;
    try {
      text = source.readFile(file);
    } catch (error) {
      complain([fileKey], `${JSON.stringify(file)} cannot be read; ${readFailure(error)}`);
      return undefined;
    }
    // Editors and `echo` end a file with a line end, which belongs to no secret.
    return usable(text.replace(/\r?\n$/, ""), [fileKey], complain);
  }
  complain([name], `has no source; give ${variableKey} or ${fileKey}`);
  return undefined;
}

/** Both kinds of secret travel in a header or a form: visible ASCII and inner blanks. */
function usable(text: string, path: readonly PathKey[], complain: Complain): string | undefined {
  if (isHeaderValue(text)) return text;
  complain(
    path,
    text.trim() === ""
      ? "leads to an empty secret; give it a value"
      : "leads to a secret with line ends, other control characters, non-ASCII or surrounding white space; take them out",
  );
  return undefined;
}

/** What to do about a file that cannot be read. */
export function readFailure(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such file, correct the path or create it";
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "reading it is not permitted, allow it to the server's user and with --allow-read";
  }
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder, give the path of a file";
  return `${messageOf(error)}, check the file`;
}

/** Every secret of a configuration, for the log's redactor. */
export function secretsOf(config: Config): string[] {
  const secrets = [config.accessKeys.primary];
  if (config.accessKeys.secondary !== undefined) secrets.push(config.accessKeys.secondary);
  for (const hub of Object.values(config.hubs)) {
    for (const { auth } of hub.eventHandlers) {
      if (auth.type === "Header") secrets.push(auth.value);
      if (auth.type === "OAuth2ClientCredentials") secrets.push(auth.clientSecret);
    }
  }
  return secrets;
}
