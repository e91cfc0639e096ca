/**
 * What a case of the table looks like from outside a server that echoes: what it sends back, how it ends the
 * connection, and what it tells its event handler about that.
 */
import { ENDS } from "../../src/ends.ts";
import { type Case, type End, OPEN, pong } from "./case.ts";
import { bytesOf, closeFrame, frame, join } from "./client_frames.ts";
import { LiveClient, type Received } from "./live_client.ts";
import type { LiveServer } from "./live_server.ts";
import { outcome } from "./recorder.ts";

/** An outcome seen from outside; two of them can be compared and printed whatever the sizes. */
export interface Outcome {
  /** The echo of each message and the pong of each ping, in order; what no server may send would stand here too. */
  readonly received: readonly unknown[];
  /**
   * `open`: a ping was answered at the end, or, within a frame, nothing came until the client left. `close 1002` and
   * so on: a close frame with that code or `none`, then the end of the TCP connection. `dropped`: the end without one.
   */
  readonly end: string;
  /** The reason of the `disconnected` event. */
  readonly reason: string;
}

/** What the `disconnected` event says of a client that leaves without a reason. */
export const LEFT = "The client disconnected unexpectedly.";

const REASONS = {
  1002: ENDS.framingViolated.text,
  1007: ENDS.malformedFrame.text,
  1009: ENDS.messageTooLarge.text,
} as const;

/** What RFC 6455 makes of a case. */
export function required({ taken, end }: Pick<Case, "taken" | "end">): Outcome {
  const received = taken
    .filter(({ type }) => type !== "pong")
    .map((one) => one.type === "ping" ? pong(one.bytes) : one);
  return { received: printable(received), ...ended(end) };
}

function ended(end: End): Pick<Outcome, "end" | "reason"> {
  switch (end.type) {
    case "open":
      return { end: "open", reason: LEFT };
    case "closed": {
      const reason = end.code === 1000 || end.reason !== "" ? end.reason : LEFT;
      return { end: `close ${end.code ?? "none"}`, reason };
    }
    case "failed":
      return { end: `close ${end.code}`, reason: REASONS[end.code] };
  }
}

function printable(received: readonly Received[]): readonly unknown[] {
  return received.map((one) => {
    const isTaken = one.type !== "close" && one.type !== "end" && one.type !== "forbidden";
    return isTaken ? outcome({ taken: [one], end: OPEN }).taken[0] : one;
  });
}

/** The ping at the end of a case after which the connection should be open. */
const MARKER = bytesOf("still there?");

/** Writes the chunks of a case on a connection of its own. `expected` only says how long to wait, and for what. */
export async function observe(
  server: LiveServer,
  user: string,
  { chunks }: Pick<Case, "chunks">,
  expected: Outcome,
): Promise<Outcome> {
  let seen: Omit<Outcome, "reason">;
  {
    using client = await LiveClient.open(server.echoUrl(user));
    let writable = true;
    for (const chunk of chunks) writable = writable && await client.write(chunk);
    if (expected.end !== "open") seen = await watch(client, []);
    else if (endsWithinFrame(join(...chunks))) seen = await watchUnfinished(client);
    else seen = await watchOpen(client, expected.received.length);
  }
  return { ...seen, reason: await server.whyEnded(user) };
}

/** Reads until a close frame and what follows it, the answer to `marker`, or the end. */
export async function watch(
  client: LiveClient,
  received: Received[],
  marker?: Uint8Array,
): Promise<Omit<Outcome, "reason">> {
  while (true) {
    const one = await client.next();
    if (one.type === "end") return { received: printable(received), end: "dropped" };
    if (one.type === "close") {
      // A client that has closed itself may not send this, and nobody reads it then.
      await client.write(one.code === undefined ? frame(8) : closeFrame(one.code));
      await client.finish();
      received.push(...await client.untilEnd());
      return { received: printable(received), end: `close ${one.code ?? "none"}` };
    }
    if (marker !== undefined && one.type === "pong" && String(one.bytes) === String(marker)) {
      return { received: printable(received), end: "open" };
    }
    received.push(one);
  }
}

/** First what is expected, as a pong may overtake long messages; then the marker. */
async function watchOpen(client: LiveClient, count: number): Promise<Omit<Outcome, "reason">> {
  const received: Received[] = [];
  while (received.length < count) {
    const one = await client.next();
    if (one.type === "end") return { received: printable(received), end: "dropped" };
    received.push(one);
  }
  await client.write(frame(9, MARKER));
  return watch(client, received, MARKER);
}

async function watchUnfinished(client: LiveClient): Promise<Omit<Outcome, "reason">> {
  await client.finish();
  const { received, end } = await watch(client, []);
  return { received, end: end === "dropped" ? "open" : end };
}

/** Whether the last frame is not whole, going by the lengths that the headers name. */
function endsWithinFrame(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return true;
    const second = view.getUint8(at + 1);
    const short = second & 127;
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
    if (start > bytes.length) return true;
    const length = short === 126
      ? view.getUint16(at + 2)
      : short === 127
      ? Number(view.getBigUint64(at + 2))
      : short;
    at = start + (second < 128 ? 0 : 4) + length;
  }
  return at > bytes.length;
}
