/**
 * The socket seam between transports, which implement it, and client languages, which listen. The way out alone is
 * `session/outlet.ts`.
 */
import type { Outlet } from "../session/outlet.ts";

/** A client's socket reports here. Nothing is reported after `closed` or `broken`. */
export interface SocketEvents {
  /** The handshake is through. */
  opened(): void;
  /** One whole message within the limit: a string is a text message, bytes are a binary one. */
  message(data: string | Uint8Array): void;
  /** The client sent a close frame; 1005 stands for one without a code. */
  closed(code: number, reason: string): void;
  /** The socket broke without a close frame, or the peer went silent. */
  broken(): void;
  /**
   * The client broke the WebSocket framing, or its message is too large: it has to be closed with `code`. `detail` tells
   * the operator how.
   */
  violated(code: 1002 | 1007 | 1009, detail: string): void;
  /** The outgoing queue is over its bound or makes no progress; so much was waiting. */
  stuck(bufferedBytes: number): void;
  /** The outgoing queue is above high water and moves: who sends to this client should wait. */
  behind(): void;
  /** The outgoing queue is below low water again, or stands still: it holds up nobody. */
  caughtUp(): void;
  /** The server failed at something that concerns this socket alone; never throws. */
  failed(error: unknown): void;
}

/** An open socket with both directions. */
export interface ClientSocket extends Outlet {
  /** Says who listens; called once, before the socket opens. */
  listen(events: SocketEvents): void;
}
