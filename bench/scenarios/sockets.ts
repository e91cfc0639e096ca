/** Bare TCP connections of attackers: what they send is up to them, what they are told is kept. */
import { once } from "node:events";
import net from "node:net";
import { requestBytes } from "../../tests/rest/raw_http.ts";
import { HUB } from "../support/hubbub.ts";
import type { Target } from "./target.ts";

/** One connection. */
export class BareSocket implements Disposable {
  readonly socket: net.Socket;
  /** What has come so far, the first 64 KiB of it. */
  received = "";
  /** Whether it is over. */
  closed = false;

  constructor(port: number) {
    this.socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.closed = true);
    this.socket.on("data", (chunk) => {
      if (this.received.length < 65_536) this.received += chunk.toString("latin1");
    });
  }

  /** Status of the first answer; 0 while there is none. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.received)?.[1] ?? 0);
  }

  /** Waits until it is connected, or is not. */
  async connected(): Promise<void> {
    if (this.socket.connecting) await Promise.race([once(this.socket, "connect"), this.over()]);
  }

  /** Sends as they are, as far as it goes. */
  write(bytes: string | Uint8Array): boolean {
    return !this.closed && this.socket.write(bytes);
  }

  /** Waits for its end. */
  async over(): Promise<void> {
    if (!this.closed) await new Promise((resolve) => this.socket.once("close", resolve));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Head of a good REST send to everybody in the hub, with these headers for its body. */
export function sendHead(server: Target, headers: Readonly<Record<string, string>>): string {
  const given = { "content-type": "text/plain", ...headers };
  const init = "transfer-encoding" in headers
    ? { headers: given, body: "" }
    : { headers: { "content-length": "0", ...given } };
  const bytes = requestBytes(server, "POST", `/api/hubs/${HUB}/:send`, init);
  const text = new TextDecoder("latin1").decode(bytes);
  return "transfer-encoding" in headers ? text.replace(/content-length: 0\r\n/i, "") : text;
}
