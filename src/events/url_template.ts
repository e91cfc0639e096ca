/**
 * Handler URLs: a template is compiled once into literals and slots, and every event fills the slots with escaped
 * values. A value can never change scheme, host, the number of path segments, or the names in the query.
 *
 * Rules: the service's event handler settings and the official emulator.
 */
import type { Flaw } from "./flaw.ts";

/** A placeholder of a template. */
export type Slot = "hub" | "event";

/** A template as pieces in order: text that stands as it is, and slots. */
export type TemplatePart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "slot"; readonly slot: Slot };

/** What became of a template's text. */
export type TemplateResult =
  | { readonly ok: true; readonly template: UrlTemplate }
  | { readonly ok: false; readonly flaw: Flaw };

const PLACEHOLDER = /\{(hub|event)\}/gi;
/** The URL parser drops, turns or replaces these silently: refuse what it would change. */
const CHANGED_BY_PARSER = /[\s\p{Cc}\p{Cs}\\]/u;
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
  /** Lower case, without a colon. */
  readonly scheme: string;
  /** Scheme and authority, normalised: `http://localhost:3000`. */
  readonly origin: string;
  /** Host without port; IPv6 addresses without brackets. */
  readonly hostname: string;

  /** Use `compileUrlTemplate`. */
  constructor(text: string, parts: readonly TemplatePart[], url: URL) {
    this.text = text;
    this.parts = parts;
    this.scheme = url.protocol.slice(0, -1);
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
    // Cannot fail, since slots lie behind the authority. Checked all the same: a value must never choose the host.
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
 * assert.equal(refused.flaw.problem, "has a parameter in scheme, user info, host or port");
 * ```
 */
export function compileUrlTemplate(text: string): TemplateResult {
  const flaw = flawInText(text) ?? flawInOrigin(text);
  return flaw === undefined ? compileParts(text) : { ok: false, flaw };
}

/** What is wrong with a `urlTemplate`, or `undefined`. */
export function urlTemplateFlaw(text: string): Flaw | undefined {
  const compiled = compileUrlTemplate(text);
  return compiled.ok ? undefined : compiled.flaw;
}

/** Parts that are refused wherever they stand. */
function flawInText(text: string): Flaw | undefined {
  if (text.trim() === "") {
    return { problem: "is empty", fix: "give an absolute http or https URL" };
  }
  if (text.includes("{@")) {
    return {
      problem: "refers to a key vault, which is not supported",
      fix: "put the secret into the environment or a file and send it in a header: " +
        '"auth": {"type": "Header", "name": ..., "valueFromEnvironment": ...}',
    };
  }
  const changed = CHANGED_BY_PARSER.exec(text);
  if (changed !== null) {
    return {
      problem: `has white space, a backslash or a control character at position ${
        changed.index + 1
      }`,
      fix: "percent-encode it, or take it out",
    };
  }
  return undefined;
}

/** Scheme and authority: a client's text must have no say in them. */
function flawInOrigin(text: string): Flaw | undefined {
  const [, scheme, authority] = /^([^:/?#]*):\/\/([^/?#]*)/.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) {
    return { problem: "is not an absolute URL", fix: "begin it with http:// or https://" };
  }
  if (`${scheme}${authority}`.search(PLACEHOLDER) >= 0) {
    return {
      problem: "has a parameter in scheme, user info, host or port",
      fix: "{hub} and {event} may stand only in path and query",
    };
  }
  if (scheme.toLowerCase() === "tunnel") {
    return {
      problem: "is a tunnel, which is not supported yet",
      fix: "give the http or https URL of the handler",
    };
  }
  if (!/^https?$/i.test(scheme)) {
    return { problem: `has the scheme ${JSON.stringify(scheme)}`, fix: "use http or https" };
  }
  if (authority.includes("@")) {
    return {
      problem: "holds user info",
      fix: "leave it out and send the secret in a header: " +
        '"auth": {"type": "Header", "name": "Authorization", "valueFromEnvironment": ...}',
    };
  }
  if (text.includes("#")) {
    return {
      problem: "has a fragment, which is never sent",
      fix: '{hub} and {event} may stand only in path and query; write a literal "#" as "%23"',
    };
  }
  if (!URL.canParse(`${scheme}://${authority}`)) {
    return { problem: "has no valid host", fix: "write it as http://host[:port]/path" };
  }
  return undefined;
}

/** Splits the URL as the parser writes it, so that a resolved URL is already in the form that is sent. */
function compileParts(text: string): TemplateResult {
  let mark = "0slot0";
  while (text.toLowerCase().includes(mark)) mark = `0${mark}0`;
  const marked = text.replace(
    PLACEHOLDER,
    (_, slot: string) => `${mark}${slot.toLowerCase()}${mark}`,
  );
  const url = new URL(marked);
  const parts: TemplatePart[] = [];
  const pieces = url.href.split(new RegExp(`${mark}(hub|event)${mark}`));
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 1) {
      parts.push({ kind: "slot", slot: piece === "hub" ? "hub" : "event" });
    } else if (piece !== "") {
      if (i < pieces.length - 1 && CUT_ESCAPE.test(piece)) {
        return {
          ok: false,
          flaw: {
            problem: "has a parameter inside a percent escape",
            fix: 'write a literal "%" as "%25"',
          },
        };
      }
      parts.push({ kind: "literal", text: piece });
    }
  }
  return { ok: true, template: new UrlTemplate(text, parts, url) };
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
  return template.replace(PLACEHOLDER, "").match(/\{[^{}]*\}/g) ?? [];
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
