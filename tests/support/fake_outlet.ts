/**
 * A client's socket that only remembers, for tests of the hub and of sessions.
 */
import type { Frame } from "../../src/protocol/event.ts";
import type { Outlet } from "../../src/session/outlet.ts";

/** Records frames; text frames as parsed JSON where they are JSON. */
export class FakeOutlet implements Outlet {
  readonly frames: unknown[] = [];
  closedWith: { code: number; reason: string } | undefined;
  dropped = false;
  readonly bufferedBytes = 0;
  /** Whether it is read no further. */
  paused = false;

  send(frame: Frame, _expiresAt: number): void {
    if (this.closedWith !== undefined || this.dropped) return;
    this.frames.push(typeof frame.data === "string" ? parsed(frame.data) : [...frame.data]);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
  }

  drop(): void {
    this.dropped = true;
  }

  pauseReading(): void {
    this.paused = true;
  }

  resumeReading(): void {
    this.paused = false;
  }

  /** Code of the close frame, if there was one. */
  get closeCode(): number | undefined {
    return this.closedWith?.code;
  }

  /** Takes what was recorded. */
  take(): unknown[] {
    return this.frames.splice(0);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
