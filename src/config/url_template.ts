/**
 * What is wrong with the `urlTemplate` of an event handler: the forms that Azure allows and Hubbub does not, and those
 * that could let a client's text change where an event goes. Templates are compiled elsewhere; here they are judged.
 */
import { quoteValue } from "./problem.ts";

/** `{hub}` and `{event}`, without regard to case. */
const PLACEHOLDER = /\{(hub|event)\}/i;
const PLACEHOLDERS = /\{(?:hub|event)\}/gi;

/**
 * The defect of a template with its fix, or `undefined` when it is usable.
 *
 * ```ts
 * import { urlTemplateDefect } from "./url_template.ts";
 * import assert from "node:assert/strict";
 * assert.equal(urlTemplateDefect("https://app.example.com/hooks/{hub}/{event}?code=s3"), undefined);
 * assert.match(urlTemplateDefect("https://{hub}.example.com/") ?? "", /only in path and query/);
 * ```
 */
export function urlTemplateDefect(template: string): string | undefined {
  const quoted = quoteValue(template);
  if (template.trim() === "") return "is empty; give an absolute http or https URL";
  if (/\{@/.test(template)) {
    return `${quoted} refers to a key vault, which is not supported; put the secret into the environment or a file ` +
      'and send it in a header: "auth": {"type": "Header", "name": ..., "valueFromEnvironment": ...}';
  }
  if (/^\s|\s$|[\p{Cc}\\]/u.test(template)) {
    return `${quoted} has surrounding white space, a backslash or a control character; take it out`;
  }
  const parts = /^([^:/?#]*):\/\/([^/?#]*)/.exec(template);
  const scheme = parts?.[1];
  const authority = parts?.[2];
  if (scheme === undefined || authority === undefined) {
    return `${quoted} is not an absolute URL; begin it with http:// or https://`;
  }
  if (PLACEHOLDER.test(scheme) || PLACEHOLDER.test(authority)) {
    return `${quoted} has a parameter in scheme, user info, host or port; {hub} and {event} may stand only in path ` +
      "and query";
  }
  if (scheme.toLowerCase() === "tunnel") {
    return `${quoted} is a tunnel, which is not supported yet; give the http or https URL of the handler`;
  }
  if (!/^https?$/i.test(scheme)) {
    return `${quoted} has the scheme ${quoteValue(scheme)}; use http or https`;
  }
  if (authority.includes("@")) {
    return `${quoted} holds user info; leave it out and send the secret in a header: ` +
      '"auth": {"type": "Header", "name": "Authorization", "valueFromEnvironment": ...}';
  }
  if (template.includes("#")) {
    return `${quoted} has a fragment, which is never sent; {hub} and {event} may stand only in path and query`;
  }
  if (authority === "" || !URL.canParse(template.replace(PLACEHOLDERS, "x"))) {
    return `${quoted} has no valid host; write it as http://host[:port]/path`;
  }
  return undefined;
}

/**
 * Parameters in braces that are none: they would be sent as they stand. Mostly typing errors.
 *
 * ```ts
 * import { unknownPlaceholders } from "./url_template.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(unknownPlaceholders("http://a/{hub}/{evnt}"), ["{evnt}"]);
 * ```
 */
export function unknownPlaceholders(template: string): string[] {
  return template.replace(PLACEHOLDERS, "").match(/\{[^{}]*\}/g) ?? [];
}
