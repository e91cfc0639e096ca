/**
 * Where the native transport, the runtime's own WebSocket, does not do what RFC 6455 asks for, in its handshake and on
 * an open socket. What is not listed here
 * has to be right; what is listed has to be wrong in just this way, so that an entry goes when the runtime changes.
 */
import { binary, type Case, closed, OPEN, ping, type Taken, text } from "./case.ts";
import { bytesOf } from "./client_frames.ts";
import type { Change } from "../support/upgrade_request.ts";
import { LEFT, type Outcome, required } from "./observe.ts";

/** One rule that the native transport does not keep. */
export interface NativeDifference {
  /** What RFC 6455 asks for. */
  readonly rule: string;
  /** Why it is otherwise here. */
  readonly reason: string;
  /** What comes of a case that shows the difference; `undefined` for all others. */
  outcome(one: Case): Outcome | undefined;
}

/** The oldest runtime that is supported. */
const IS_OLD_RUNTIME = Deno.version.deno.startsWith("2.4.");

/** The differences; the first that has an outcome for a case counts. */
export const NATIVE_DIFFERENCES: readonly NativeDifference[] = [
  {
    rule: "a server refuses frames that are not masked (5.1)",
    reason: "the runtime takes them like masked ones",
    outcome({ category, name, taken }) {
      if (category !== "masking") return undefined;
      if (name === "an unmasked header is refused before its payload") return goesOn(taken);
      if (name === "an unmasked continuation") return goesOn([text("ab")]);
      const kind = /^an unmasked (\w+) frame( after a message)?$/.exec(name);
      if (kind === null) return undefined;
      const payload = kind[2] === undefined ? "Hello" : "";
      switch (kind[1]) {
        case "text":
          return goesOn([...taken, text(payload)]);
        case "binary":
          return goesOn([...taken, binary(bytesOf(payload))]);
        case "ping":
          return goesOn([...taken, ping(bytesOf(payload))]);
        case "pong":
          return goesOn(taken);
        default:
          return required({ taken, end: closed(undefined) });
      }
    },
  },
  {
    rule: "a length is written in its shortest form (5.2)",
    reason: "the runtime takes every form",
    outcome({ category, name, chunks: [chunk = new Uint8Array()] }) {
      if (category === "framing") {
        const length = /^a (text|binary) length of \d+ in (16|64) bits$/.exec(name);
        if (length === null) return undefined;
        const bytes = payloadOf(chunk, length[2] === "16" ? 2 : 8);
        return goesOn([
          length[1] === "text" ? text(new TextDecoder().decode(bytes)) : binary(bytes),
        ]);
      }
      if (name === "a ping with its length in 16 bits") return goesOn([ping(bytesOf("Hello"))]);
      if (name === "a pong with its length in 16 bits") return goesOn([]);
      return undefined;
    },
  },
  {
    rule: "a control frame has at most 125 bytes (5.5)",
    reason: "the runtime ignores longer pongs, and sends longer closes back",
    outcome({ category, name }) {
      if (/^a pong of (126|127|65536) bytes$/.test(name)) return goesOn([]);
      if (/^a close of (126|127) bytes$/.test(name)) {
        return sendsBack(name.includes("6") ? 126 : 127, LEFT);
      }
      if (category === "closing" && name === "a reason that is too long") {
        return sendsBack(126, "*".repeat(124));
      }
      return undefined;
    },
  },
  {
    rule: "a frame is refused at its header (5.5, 7.1.7, 10.4)",
    reason: "the runtime judges most frames when they are whole, and knows nothing of our limit",
    outcome({ category, name }) {
      const isEarly = name.includes(" header of 126 bytes is refused before its payload") ||
        name === "a wrong byte is refused before the frame's end" ||
        (category === "limits" && /header of (1048577|2097152|its third) /.test(name));
      return isEarly ? goesOn([]) : undefined;
    },
  },
  {
    rule: "a message does not begin within another one (5.4)",
    reason: "the runtime finds out at its last fragment",
    outcome: ({ name }) =>
      /^(a text|bytes) within (a text|bytes), middle$/.test(name) ? goesOn([]) : undefined,
  },
  {
    rule: "a text that ends within a character is refused (8.1)",
    reason: "the runtime cuts the character off a text in fragments",
    outcome({ name }) {
      if (/^a cut (three|four)-byte character, a fragment a byte$/.test(name)) {
        return goesOn([text("")]);
      }
      if (name === "a cut character after letters, a fragment a byte") {
        return goesOn([text("Hello")]);
      }
      return undefined;
    },
  },
  {
    rule: "a close code is judged by its registration (7.4)",
    reason: "the runtime does answer 1002 to a wrong code, and to 1014, but reports no close frame",
    outcome({ category, name, end }) {
      const isJudged = category === "closing" && /^code \d+( with a reason)?$/.test(name) &&
        (end.type === "failed" || name.startsWith("code 1014"));
      if (!isJudged && name !== "a close with its length in 16 bits") return undefined;
      return { received: [], end: "close 1002", reason: LEFT };
    },
  },
  ...(IS_OLD_RUNTIME
    ? [{
      rule: "nothing follows a close frame (5.5.1)",
      reason: "older runtimes answer the client's answer to a close frame of ours",
      outcome(one: Case) {
        if (!isJudgedByUs(one)) return undefined;
        return { ...required(one), received: [{ type: "close", code: 1009, reason: "" }] };
      },
    }]
    : []),
  {
    rule: "a broken rule is answered with a close frame (7.1.7)",
    reason: "the runtime drops the TCP connection without one",
    outcome(one) {
      const { taken, end } = one;
      if (end.type !== "failed") return undefined;
      return isJudgedByUs(one) ? undefined : { ...required({ taken, end: OPEN }), end: "dropped" };
    },
  },
];

/** One upgrade request that the native transport answers otherwise. */
export interface NativeHandshakeDifference {
  /** What HTTP and RFC 6455 ask for. */
  readonly rule: string;
  /** Why it is otherwise here. */
  readonly reason: string;
  readonly change: Change;
  /** The right status. */
  readonly status: number;
  /** What comes instead. */
  readonly nativeStatus: number;
}

/** Upgrade requests that the runtime answers before we see them, or shows us half of. */
export const NATIVE_HANDSHAKE_DIFFERENCES: readonly NativeHandshakeDifference[] = [
  {
    rule: "an upgrade says that it has no body (RFC 9110 8.6)",
    reason:
      "the runtime refuses every upgrade with Content-Length; Java's own client sends it always",
    change: { headers: { "Content-Length": "0" } },
    status: 101,
    nativeStatus: 400,
  },
  {
    rule: "a handshake comes over HTTP/1.0 (RFC 6455 4.1)",
    reason: "the runtime upgrades it, and does not tell us the version",
    change: { version: "HTTP/1.0" },
    status: 400,
    nativeStatus: 101,
  },
];

/** What the native transport makes of a case that it is known to handle differently. */
export function nativeOutcome(one: Case): Outcome | undefined {
  for (const difference of NATIVE_DIFFERENCES) {
    const outcome = difference.outcome(one);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** A message that is too large, whole: the one violation that the runtime leaves to us. */
function isJudgedByUs({ category, name }: Case): boolean {
  return category === "limits" && name.endsWith("whose last fragment has a byte too much");
}

/** The connection goes on, with this taken. */
function goesOn(taken: readonly Taken[]): Outcome {
  return required({ taken, end: OPEN });
}

/** The runtime breaks the rule itself. */
function sendsBack(length: number, reason: string): Outcome {
  const detail = `a control frame of ${length} bytes`;
  return { received: [{ type: "forbidden", detail }], end: "dropped", reason };
}

/** The payload of one masked frame whose length stands in `lengthBytes` bytes. */
function payloadOf(frame: Uint8Array, lengthBytes: number): Uint8Array {
  const key = frame.subarray(2 + lengthBytes, 6 + lengthBytes);
  return frame.slice(6 + lengthBytes).map((byte, i) => byte ^ (key[i & 3] ?? 0));
}
