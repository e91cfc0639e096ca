/**
 * What to say of a call that failed, and what to change. Texts for the operator; they hold no text of the handler.
 */
import { MAX_SHOWN_LENGTH } from "../limits.ts";
import type { CallResult } from "./call.ts";
import { printableUrl } from "../events/url_template.ts";

/** One failure in words. */
export interface Advice {
  readonly problem: string;
  readonly fix: string;
}

/** Explains a failed call of an event: no answer, or one that is no success. */
export function adviceFor(result: CallResult): Advice {
  if (result.kind === "answer") {
    return { problem: `the handler answered ${result.status}`, fix: fixForStatus(result) };
  }
  return { problem: result.detail, fix: FIXES[result.kind] };
}

const FIXES = {
  network: "start the handler, or correct host and port of its urlTemplate",
  timeout: "let the handler answer sooner, or raise the call timeout",
  aborted: "nothing: the client has gone",
  tooLarge: "answer with less, and send large data through REST in parts",
  cutOff: "see the handler's own log: it ended the connection within its answer",
  undecodable: "answer without Content-Encoding, or with gzip, deflate or br",
  denied: "list the host among the allowed hosts, if it is meant",
  overloaded: "let the handler answer sooner, or run more of it",
} as const;

function fixForStatus(answer: Extract<CallResult, { kind: "answer" }>): string {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    const location = answer.headers.get("location");
    const target = location === null
      ? ""
      : ` ("${printableUrl(location).slice(0, MAX_SHOWN_LENGTH)}")`;
    return `write the final URL${target} into urlTemplate: redirects are not followed`;
  }
  switch (status) {
    case 401:
    case 403:
      return 'check the credentials in the handler\'s "auth", and its access key if it verifies signatures';
    case 404:
      return "let the handler take POST at this path, or correct the path of its urlTemplate";
    case 405:
      return "let the handler take POST at this path";
    case 413:
      return "raise the handler's limit for request bodies";
    case 415:
      return "let the handler take the Content-Type of the event";
    case 429:
      return "raise the handler's rate limit for this server";
    default:
      return "see the handler's own log";
  }
}
