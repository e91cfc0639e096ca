/**
 * A client of a made-up language: knows the hub by `Receiver` alone, and shows that no more is needed.
 */
import { compileRoles } from "../../src/auth/roles.ts";
import { Permissions } from "../../src/auth/permissions.ts";
import type { End } from "../../src/ends.ts";
import { enter } from "../../src/hub/connect.ts";
import type { Hub } from "../../src/hub/hub.ts";
import type { Orderly } from "../../src/hub/in_order.ts";
import { Frame, type Message } from "../../src/protocol/event.ts";
import { newShape } from "../../src/protocol/traits.ts";
import { Identity } from "../../src/session/identity.ts";
import type { Inbox } from "../../src/session/inbox.ts";
import type { Encoder, Outgoing } from "../../src/session/outgoing.ts";
import type { Outlet } from "../../src/session/outlet.ts";
import type { Phase } from "../../src/session/receiver.ts";

/** Its encoder: a text after an exclamation mark. */
const SHOUT: Encoder = {
  shape: newShape(),
  encodeMessage: ({ payload }: Message) =>
    new Frame(payload.kind === "text" ? `!${payload.text}` : "?"),
  withSequenceId: (frame: Frame, number: number) => new Frame(`${number}${frame.data}`),
};

/** What a client of the fake language may be. */
export interface OtherOptions {
  readonly userId?: string;
  readonly groups?: readonly string[];
  readonly reliable?: boolean;
  /** Its socket; without one, any serves it. */
  readonly outlet?: Outlet;
}

/** Remembers what it is told. Its commands are texts. */
export class OtherClient implements Orderly<string> {
  readonly identity: Identity;
  readonly slot: number;
  readonly permissions = new Permissions(compileRoles([]));
  readonly reliable: boolean;
  readonly #outlet: Outlet | undefined;
  phase: Phase = "open";
  inbox: Inbox<string> | undefined = undefined;
  lagsSince = 0;
  /** Whether it has room for another message. */
  hasRoom = true;
  readonly got: Frame[] = [];
  readonly heard: string[] = [];
  #events = 0;

  constructor(hub: Hub, id: string, { userId, groups, reliable, outlet }: OtherOptions) {
    this.identity = new Identity("chat", id, userId, "localhost");
    this.identity.subprotocol = "other";
    this.reliable = reliable ?? false;
    this.slot = hub.slots.acquire();
    this.#outlet = outlet;
    enter(hub, this, groups ?? []);
  }

  get id(): string {
    return this.identity.connectionId;
  }

  nextEventId(): number {
    return ++this.#events;
  }

  isServedBy(outlet: Outlet): boolean {
    return this.phase === "open" && (this.#outlet ?? outlet) === outlet;
  }

  deliver(outgoing: Outgoing): boolean {
    if (this.hasRoom) this.got.push(outgoing.frame(SHOUT));
    return this.hasRoom;
  }

  cut(): void {
    this.phase = "away";
  }

  dismiss(end: End, words: string): void {
    this.phase = "ended";
    this.heard.push(`${end}: ${words}`);
  }

  abandon(): void {
    this.heard.push("abandoned");
    this.inbox?.abandon();
  }

  whenIdle(task: () => void): void {
    this.heard.push("finishes");
    task();
  }

  pauseReading(): void {
    this.heard.push("paused");
  }

  resumeReading(): void {
    this.heard.push("read on");
  }
}
