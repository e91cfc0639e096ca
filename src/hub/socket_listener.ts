/**
 * What a client's socket reports, as far as that means the same in every language: how it ended, what it broke, how much
 * waits in it.
 */
import type { End } from "../ends.ts";
import type { Receiver } from "../session/receiver.ts";
import type { ClientSocket, SocketEvents } from "./client_socket.ts";
import { closedByClient, cutOff, depart, failConnection } from "./close.ts";
import type { Hub } from "./hub.ts";

const VIOLATIONS: Readonly<Record<1002 | 1007 | 1009, End>> = {
  1002: "framingViolated",
  1007: "malformedFrame",
  1009: "messageTooLarge",
};

/**
 * Listens to one socket of a client. A language says what opening and messages mean to it. A socket that its client has
 * left for another one ends nobody.
 */
export abstract class SocketListener<Client extends Receiver> implements SocketEvents {
  protected readonly hub: Hub;
  protected readonly client: Client;
  protected readonly socket: ClientSocket;

  constructor(hub: Hub, client: Client, socket: ClientSocket) {
    this.hub = hub;
    this.client = client;
    this.socket = socket;
  }

  abstract opened(): void;
  abstract message(data: string | Uint8Array): void;

  closed(code: number, reason: string): void {
    closedByClient(this.hub, this.client, this.socket, code, reason);
  }

  broken(): void {
    cutOff(this.hub, this.client, this.socket);
  }

  violated(code: 1002 | 1007 | 1009, detail: string): void {
    if (!this.client.isServedBy(this.socket)) return;
    depart(this.hub, this.client, VIOLATIONS[code], { log: { problem: detail } });
  }

  stuck(bufferedBytes: number): void {
    if (!this.client.isServedBy(this.socket)) return;
    depart(this.hub, this.client, "slowConsumer", { log: { bufferedBytes } });
    // A reliable client is away now: the socket that stands still is of no use to it.
    if (this.client.phase === "away") this.socket.drop();
  }

  behind(): void {
    if (!this.client.isServedBy(this.socket)) return;
    this.hub.congestion.queueHigh(this.client);
  }

  caughtUp(): void {
    if (!this.client.isServedBy(this.socket)) return;
    this.hub.congestion.queueLow(this.client);
  }

  failed(error: unknown): void {
    const serves = this.client.isServedBy(this.socket);
    failConnection(this.hub, this.client, error);
    // What fails at its end, or after it, is not asked for a close frame.
    if (!serves) this.socket.drop();
  }
}
