/** A client that publishes to a group as fast as its messages are acknowledged, and knows how long each ack took. */
import { BareClient, clientFrame, type Door } from "./client.ts";

/** Messages that may be unacknowledged. */
const WINDOW = 64;

/** What became of its messages. */
export interface Published {
  readonly acknowledged: number;
  /** The longest wait for an ack, in milliseconds; of those that never came too. */
  readonly slowestMs: number;
}

/** Publishes that many messages; gives up when no ack comes for 20 s. */
export async function publishAcked(
  door: Door,
  group: string,
  count: number,
  bytes: number,
): Promise<Published> {
  const data = "x".repeat(bytes);
  /** When the messages were sent whose ack has not come, the oldest first. */
  const sentAt: number[] = [];
  let acknowledged = 0;
  let slowestMs = 0;
  let heard = performance.now();
  const client = await BareClient.connect(door, (acks) => {
    heard = performance.now();
    acknowledged += acks;
    for (const at of sentAt.splice(0, acks)) slowestMs = Math.max(slowestMs, heard - at);
  });
  const isStuck = () => client.closed || performance.now() - heard > 20_000;
  let sent = 0;
  while (acknowledged < count && !isStuck()) {
    const isFull = sent === count || sentAt.length >= WINDOW;
    if (!isFull) {
      const message = { type: "sendToGroup", group, dataType: "text", data, ackId: ++sent };
      sentAt.push(performance.now());
      await client.write(clientFrame(JSON.stringify(message)));
    } else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (const at of sentAt) slowestMs = Math.max(slowestMs, performance.now() - at);
  client.destroy();
  return { acknowledged, slowestMs };
}
