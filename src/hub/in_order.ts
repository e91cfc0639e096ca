/**
 * What a client asks for, carried out strictly in order: a command starts when the one before it is done, an event's
 * handler call and a send's wait for its receivers included. Clients do not wait for each other otherwise.
 */
import { Inbox } from "../session/inbox.ts";
import type { Receiver } from "../session/receiver.ts";
import { depart, failConnection } from "./close.ts";
import type { Hub } from "./hub.ts";

/** A client whose commands wait for each other. */
export interface Orderly<Command> extends Receiver {
  /** There only while a command waits for its handler or for receivers. */
  inbox: Inbox<Command> | undefined;
  /** The socket may be read no further: enough waits. */
  pauseReading(): void;
  /** Nothing waits any more. */
  resumeReading(): void;
}

/** Carries out one command; gives what is left to wait for. */
export type CarryOut<Client, Command> = (
  hub: Hub,
  client: Client,
  command: Command,
) => Promise<void> | undefined;

/** Carries out a command, now or when those before it are done; its frame had `bytes` bytes. */
export function inOrder<Command, Client extends Orderly<Command>>(
  hub: Hub,
  client: Client,
  command: NoInfer<Command>,
  bytes: number,
  carryOut: CarryOut<Client, Command>,
): void {
  const { inbox } = client;
  if (inbox === undefined) {
    const pending = carryOut(hub, client, command);
    if (pending !== undefined) void carryOn(hub, client, pending, carryOut);
  } else if (!inbox.offer(command, bytes)) {
    depart(hub, client, "tooManyWaitingFrames");
  } else if (inbox.isFull) client.pauseReading();
}

/** Waits for the pending command, then works off what has come behind it. Never rejects. */
async function carryOn<Command, Client extends Orderly<Command>>(
  hub: Hub,
  client: Client,
  first: Promise<void>,
  carryOut: CarryOut<Client, Command>,
): Promise<void> {
  // The command may have made it: its handler's call ends with the inbox.
  const inbox = client.inbox ??= new Inbox();
  let pending: Promise<void> | undefined = first;
  while (true) {
    try {
      if (pending !== undefined) await pending;
      const next = inbox.take();
      if (next === undefined) break;
      pending = carryOut(hub, client, next);
    } catch (error) {
      pending = undefined;
      failConnection(hub, client, error);
    }
  }
  client.inbox = undefined;
  client.resumeReading();
}
