/** Answers of event handlers as the hub gets them, without any handler. */
import type { Answered } from "../../src/hub/ports.ts";

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
