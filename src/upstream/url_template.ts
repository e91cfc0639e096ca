/**
 * Handler URLs: a template is compiled once into literals and slots, and every event fills the slots with escaped
 * values. A value can never change scheme, host, the number of path segments, or the names in the query.
 *
 * Rules: the service's event handler settings and the official emulator.
 */

/** A placeholder of a template. */
export type Slot = "hub" | "event";

/** A template as pieces in order: text that stands as it is, and slots. */
export type TemplatePart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "slot"; readonly slot: Slot };

/** What became of a template's text. `problem` says what is wrong, `fix` what to write instead. */
export type TemplateResult =
  | { readonly ok: true; readonly template: UrlTemplate }
  | { readonly ok: false; readonly problem: string; readonly fix: string };

const PLACEHOLDER = /\{(hub|event)\}/gi;
const AUTHORITY = /^https?:\/\/([^/?#\\]*)/i;
// deno-lint-ignore no-control-regex -- the URL parser drops or trims these silently: refuse what it would change
const UNSEEN = /[\x00-\x20\x7f]/;
/** A literal that ends within a percent escape would let a slot's first characters complete it. */
const CUT_ESCAPE = /%[0-9a-f]?$/i;
/** Empty and dot-only values could make a segment vanish or climb; no valid name is one. */
const NO_NAME = /^\.*$/;
const UNESCAPED_MARKS = /[!'()*]/g;

/** A compiled template. */
export class UrlTemplate {
  /** The text that was compiled; it identifies the template and may hold secrets in its query. */
  readonly text: string;
  readonly parts: readonly TemplatePart[];
  /** Scheme and authority, normalised: `http://localhost:3000`. */
  readonly origin: string;
  /** Host without port; IPv6 addresses without brackets. */
  readonly hostname: string;

  /** Use `compileUrlTemplate`. */
  constructor(text: string, parts: readonly TemplatePart[], url: URL) {
    this.text = text;
    this.parts = parts;
    this.origin = url.origin;
    this.hostname = url.hostname.replace(/^\[|\]$/g, "");
  }

  /**
   * The URL for an event of a hub; `undefined` for values that no valid name has (empty, only dots), because they
   * could change the path. Callers use names that were checked where they entered.
   */
  resolve(hub: string, event: string): string | undefined {
    let url = "";
    for (const part of this.parts) {
      if (part.kind === "literal") url += part.text;
      else {
        const value = part.slot === "hub" ? hub : event;
        if (NO_NAME.test(value)) return undefined;
        url += escapeComponent(value);
      }
    }
    // Cannot fail, since slots lie behind the authority; checked all the same, because so much hangs on it.
    const next = url.charCodeAt(this.origin.length);
    return url.startsWith(this.origin) && (next === 0x2f || next === 0x3f) ? url : undefined;
  }
}

/**
 * Compiles the `urlTemplate` of a handler.
 *
 * ```ts
 * import { compileUrlTemplate } from "./url_template.ts";
 * import assert from "node:assert/strict";
 * const compiled = compileUrlTemplate("https://app.example.com/hooks/{hub}/{event}?code=s3");
 * assert(compiled.ok);
 * assert.equal(compiled.template.resolve("chat", "a/b"), "https://app.example.com/hooks/chat/a%2Fb?code=s3");
 * const refused = compileUrlTemplate("https://{hub}.example.com/");
 * assert(!refused.ok);
 * assert.equal(refused.problem, 'the placeholder "{hub}" stands outside of path and query');
 * ```
 */
export function compileUrlTemplate(text: string): TemplateResult {
  if (text.trim() === "") {
    return refused("it is empty", 'give an absolute URL such as "https://app.example.com/{event}"');
  }
  if (/\{@microsoft\.keyvault/i.test(text)) {
    return refused(
      "Key Vault references are not supported",
      'keep the secret in an environment variable or a file and send it with "auth" of type "Header"',
    );
  }
  const invisible = UNSEEN.exec(text);
  if (invisible !== null) {
    return refused(
      `it holds white space or a control character at position ${invisible.index}`,
      "remove it, or percent-encode it",
    );
  }
  const authority = AUTHORITY.exec(text);
  if (authority === null) return refusedScheme(text);
  const [head, host = ""] = authority;
  const misplaced = /\{[^}]*\}?/.exec(host);
  if (misplaced !== null) {
    return refused(
      `the placeholder "${misplaced[0]}" stands outside of path and query`,
      "write the host in full and use {hub} and {event} only behind it",
    );
  }
  if (host.includes("@")) {
    return refused(
      "it holds user information before the host",
      'remove it and send credentials with "auth" of type "Header"',
    );
  }
  if (!URL.canParse(head)) {
    return refused(
      "its host is not valid",
      "give a host name or an address, and a port below 65536",
    );
  }
  return compileParts(text);
}

/** Splits the URL as the parser writes it, so that a resolved URL is already in the form that is sent. */
function compileParts(text: string): TemplateResult {
  let mark = "0slot0";
  while (text.toLowerCase().includes(mark)) mark = `0${mark}0`;
  const slots: Slot[] = [];
  // The fragment never leaves the client, so that a placeholder in it would mean nothing.
  const fragment = text.indexOf("#");
  const sent = fragment < 0 ? text : text.slice(0, fragment);
  const lost = fragment < 0 ? null : text.slice(fragment).match(PLACEHOLDER);
  if (lost !== null) {
    return refused(
      `the placeholder "${lost[0]}" stands outside of path and query`,
      'percent-encode the "#" before it as "%23"',
    );
  }
  const marked = sent.replace(PLACEHOLDER, (_, name: string) => {
    const slot: Slot = name.toLowerCase() === "hub" ? "hub" : "event";
    slots.push(slot);
    return `${mark}${slot}${mark}`;
  });
  const url = new URL(marked);
  const parts: TemplatePart[] = [];
  const pieces = url.href.split(new RegExp(`${mark}(hub|event)${mark}`));
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 1) {
      parts.push({ kind: "slot", slot: piece === "hub" ? "hub" : "event" });
    } else if (piece !== "") {
      if (i < pieces.length - 1 && CUT_ESCAPE.test(piece)) {
        return refused(
          "a placeholder stands inside of a percent escape",
          'write a literal "%" as "%25"',
        );
      }
      parts.push({ kind: "literal", text: piece });
    }
  }
  return { ok: true, template: new UrlTemplate(text, parts, url) };
}

const NOTHING_TO_ESCAPE = /^[A-Za-z0-9._~-]+$/;

/** Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`; a lone surrogate becomes U+FFFD. */
function escapeComponent(value: string): string {
  if (NOTHING_TO_ESCAPE.test(value)) return value;
  return encodeURIComponent(value.toWellFormed()).replace(
    UNESCAPED_MARKS,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function refusedScheme(text: string): TemplateResult {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "tunnel") {
    return refused(
      "tunnels are not supported",
      'give the "http://" or "https://" URL of the handler',
    );
  }
  if (scheme === undefined || scheme === "http" || scheme === "https" || scheme === "localhost") {
    return refused("it is not an absolute URL", 'begin it with "http://" or "https://"');
  }
  return refused(`its scheme is "${scheme}"`, 'begin it with "http://" or "https://"');
}

function refused(problem: string, fix: string): TemplateResult {
  return { ok: false, problem, fix };
}

/**
 * A URL for logs and error texts: without query, fragment and user information, where secrets are kept.
 *
 * ```ts
 * import { printableUrl } from "./url_template.ts";
 * import assert from "node:assert/strict";
 * assert.equal(printableUrl("https://u:p@app.example.com/hooks?code=s3"), "https://app.example.com/hooks");
 * ```
 */
export function printableUrl(url: string): string {
  const query = url.indexOf("?");
  const shown = query < 0 ? url : url.slice(0, query);
  if (!shown.includes("@") && !shown.includes("#")) return shown;
  return shown.replace(/#.*$/s, "").replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1");
}
