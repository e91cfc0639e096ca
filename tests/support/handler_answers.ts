/** Answers of event handlers as the hub gets them, without any handler. */
import type { Answered } from "../../src/hub/ports.ts";
import type { ConnectOutcome } from "../../src/webpubsub/answer.ts";

/** What an answer to `connect` without a body means: the client is let in as its token says. */
export const UNCHANGED: Extract<ConnectOutcome, { accepted: true }> = {
  accepted: true,
  userId: undefined,
  groups: undefined,
  roles: undefined,
  subprotocol: undefined,
  state: undefined,
};

/** An answer with that status. */
export function answered(
  status: number,
  body: string | Uint8Array = "",
  list: HeadersInit = {},
): Answered {
  const headers = new Headers(list);
  return {
    kind: "answered",
    status,
    headers,
    contentType: headers.get("content-type") ?? undefined,
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    call: { event: "test" },
  };
}
