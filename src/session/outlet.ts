/**
 * The socket seam as the inner ranks see it: where frames for one client go. Transports implement it.
 */
import type { Frame } from "../protocol/event.ts";

/** One client's open socket. Nothing here throws or calls back into the caller. */
export interface Outlet {
  /**
   * Queues a frame; order is kept. A frame that still waits at `expiresAt` (ms since 1970, 0 = never) is dropped and
   * counted. After `close` or `drop` it does nothing.
   */
  send(frame: Frame, expiresAt: number): void;
  /** Sends what is queued, then a close frame. */
  close(code: number, reason: string): void;
  /** Ends the socket at once, without a close frame where the transport can. */
  drop(): void;
  /** Reads no further for now, where the transport can; what comes all the same is still reported. */
  pauseReading(): void;
  /** Reads on. */
  resumeReading(): void;
  /** Bytes queued here and in the runtime. */
  readonly bufferedBytes: number;
}
