/**
 * One logical connection: a state machine over sockets that come and go. It does no I/O and knows no clock: time is
 * handed in, frames go to an {@linkcode Outlet}, and the hub acts on what the methods answer.
 *
 *     open --cut--> away --recover--> open        (reliable subprotocols; a takeover is recover while open)
 *     open --cut--> ended                         (all others)
 *     open | away --end--> ended
 */
import type { Permissions } from "../auth/permissions.ts";
import { type End, ENDS } from "../ends.ts";
import type { Command } from "../protocol/command.ts";
import type { Codec, Frame, SystemEvent } from "../protocol/event.ts";
import { AckLog } from "./ack_log.ts";
import type { Identity } from "./identity.ts";
import type { Inbox } from "./inbox.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Outlet } from "./outlet.ts";
import type { Phase, Receiver } from "./receiver.ts";
import { ReplayBuffer, type ReplaySink } from "./replay_buffer.ts";

/** A Web PubSub client of a hub, from handshake to its real end. */
export class Connection implements Receiver, ReplaySink {
  readonly identity: Identity;
  /** Index of this connection in its hub. */
  readonly slot: number;
  readonly codec: Codec;
  readonly permissions: Permissions;
  readonly acks = new AckLog();
  /**
   * Since when (ms) more than half of the replay buffer is unacknowledged without an acknowledgement; 0 = it is not.
   */
  lagsSince = 0;
  /** There only while a command of this client waits for its handler or for receivers. */
  inbox: Inbox<Command> | undefined = undefined;
  /** Only reliable connections have one. */
  readonly #replay: ReplayBuffer | undefined;
  #outlet: Outlet | undefined;
  #phase: Phase = "open";
  #events = 0;

  constructor(
    identity: Identity,
    slot: number,
    codec: Codec,
    permissions: Permissions,
    outlet: Outlet,
    replay: ReplayBuffer | undefined,
  ) {
    this.identity = identity;
    this.slot = slot;
    this.codec = codec;
    this.permissions = permissions;
    this.#outlet = outlet;
    this.#replay = replay;
  }

  get id(): string {
    return this.identity.connectionId;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Whether it outlives its socket. */
  get reliable(): boolean {
    return this.#replay !== undefined;
  }

  /** Messages that wait for an acknowledgement. */
  get unacknowledged(): number {
    return this.#replay?.length ?? 0;
  }

  /** Takes the next number of an event (`ce-id`); `connect` was 0. */
  nextEventId(): number {
    return ++this.#events;
  }

  /** Tells whether `outlet` is the socket of this connection: after a takeover the old one is not. */
  isServedBy(outlet: Outlet): boolean {
    return this.#outlet === outlet;
  }

  /**
   * Delivers a message: to the socket at once and, for reliable clients, into the replay buffer. False when that
   * buffer would exceed its bounds: the caller then has to end the connection.
   */
  deliver(outgoing: Outgoing, now: number): boolean {
    if (this.#phase === "ended") return true;
    if (this.#replay === undefined) {
      this.#outlet?.send(outgoing.frame(this.codec), outgoing.expiresAt);
      return true;
    }
    const sequenceId = this.#replay.push(outgoing.frame(this.codec), outgoing.expiresAt, now);
    if (sequenceId === 0) return false;
    if (this.lagsSince === 0 && this.#replay.isHalfFull) this.lagsSince = now;
    this.#outlet?.send(outgoing.numbered(this.codec, sequenceId), outgoing.expiresAt);
    return true;
  }

  /** Sends an ack, pong or system message to the socket, if there is one; such frames are never kept. */
  tell(event: SystemEvent): void {
    if (this.#outlet === undefined) return;
    const frame = this.codec.encodeSystem(event);
    if (frame !== undefined) this.#outlet.send(frame, 0);
  }

  /** The client has all messages up to `sequenceId`. No effect on connections that are not reliable. */
  acknowledge(sequenceId: bigint, now: number): void {
    if (this.#replay === undefined) return;
    this.#replay.acknowledge(sequenceId);
    this.lagsSince = this.#replay.isHalfFull ? now : 0;
  }

  /** The socket may be read no further: enough waits. */
  pauseReading(): void {
    this.#outlet?.pauseReading();
  }

  /** Nothing waits any more. */
  resumeReading(): void {
    this.#outlet?.resumeReading();
  }

  /** The socket is gone. False when the connection cannot be without one: the caller then has to end it. */
  cut(): boolean {
    if (this.#phase !== "open") return true;
    this.#outlet = undefined;
    if (!this.reliable) return false;
    this.#phase = "away";
    return true;
  }

  /**
   * Continues on a new socket: `connected` again, then everything unacknowledged, oldest first. A socket that still
   * looked alive is dropped. Gives the number of messages that had expired meanwhile.
   */
  recover(outlet: Outlet, reconnectionToken: string, now: number): number {
    this.#outlet?.drop();
    this.#outlet = outlet;
    this.#phase = "open";
    this.tell({
      type: "connected",
      connectionId: this.id,
      userId: this.identity.userId,
      reconnectionToken,
    });
    const expired = this.#replay?.replay(now, this) ?? 0;
    // Coming back is as good as an acknowledgement.
    this.lagsSince = this.#replay?.isHalfFull ? now : 0;
    return expired;
  }

  /** Part of a replay. */
  replay(frame: Frame, sequenceId: number, expiresAt: number): void {
    this.#outlet?.send(this.codec.withSequenceId(frame, sequenceId), expiresAt);
  }

  /** Ends for good, with the `disconnected` message and the close frame that `end` asks for. */
  dismiss(end: End, words: string): void {
    const { code, frameText, announced } = ENDS[end];
    if (announced) this.tell({ type: "disconnected", message: words });
    const outlet = this.end();
    if (code !== 0) outlet?.close(code, frameText ?? words);
  }

  /** Gives up the command that waits, and those behind it. */
  abandon(): void {
    this.inbox?.abandon();
  }

  /** Runs `task` when the commands that wait have been carried out. */
  whenIdle(task: () => void): void {
    if (this.inbox === undefined) task();
    else this.inbox.whenEmpty(task);
  }

  /**
   * Ends for good: nothing is delivered or recovered from now on. Gives the socket, if any, to be closed. The replay
   * buffer is given back here: the socket keeps this object until its peer has answered the close frame, if ever.
   */
  end(): Outlet | undefined {
    const outlet = this.#outlet;
    this.#replay?.clear();
    this.#outlet = undefined;
    this.#phase = "ended";
    return outlet;
  }
}
