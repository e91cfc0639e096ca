/** Leaves a socket unread at once. */
import type { Socket } from "node:net";
import process from "node:process";

/** What a stream that is not read on still tells the system to do; no public function does that. */
interface Readable {
  readonly _handle?: { reading?: boolean; readStop?(): unknown } | null;
}

/**
 * Pauses a socket, and stops the read that is under way. `pause` alone lets the runtime read 64 KiB more into the
 * stream: as much again as a thousand waiting bodies have brought. `resume` takes it up again.
 */
export function stopReading(socket: Socket): void {
  socket.pause();
  const stop = () => {
    const { _handle: handle } = socket as Readable;
    if (typeof handle?.readStop !== "function" || !socket.isPaused()) return;
    handle.reading = false;
    handle.readStop();
  };
  // The stream asks for its next piece one tick after it has given the last one.
  process.nextTick(() => process.nextTick(stop));
}
