/**
 * A client's socket with both directions, for tests of endpoints: remembers what it is given, and who listens.
 */
import type { ClientSocket, SocketEvents } from "../../src/hub/client_socket.ts";
import { FakeOutlet } from "./fake_outlet.ts";

/** Says what the test makes it say, through `events`. */
export class FakeSocket extends FakeOutlet implements ClientSocket {
  events: SocketEvents | undefined;

  listen(events: SocketEvents): void {
    this.events = events;
  }
}
