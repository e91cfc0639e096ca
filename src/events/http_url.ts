/** Which URLs of other people's services are taken: absolute ones that are sent just as they are written. */
import type { Flaw } from "./flaw.ts";

/** The URL parser drops, turns or encodes these, so that another URL would be asked than the one that was written. */
const CHANGED_BY_PARSER = /[\s\p{C}\\]/u;

/** What is wrong with an absolute http(s) URL without user info and fragment, or `undefined`. */
export function httpUrlFlaw(text: string): Flaw | undefined {
  if (text === "") return { problem: "is empty", fix: "give an absolute http or https URL" };
  if (CHANGED_BY_PARSER.test(text)) {
    return {
      problem: "has white space, a backslash or a control character",
      fix: "percent-encode it",
    };
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return { problem: "is not an absolute URL", fix: "begin it with http:// or https://" };
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return { problem: "holds user info", fix: "leave it out" };
  }
  if (text.includes("#")) {
    return { problem: "has a fragment, which is never sent", fix: "leave it out" };
  }
  return undefined;
}
