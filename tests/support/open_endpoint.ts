/**
 * An invented client language: whoever comes is welcome at `/clients/mqtt/hubs/{hub}`, and the test is told what its
 * socket reports.
 */
import type { ClientSocket } from "../../src/hub/client_socket.ts";
import { decodeSegment, splitTarget } from "../../src/hub/client_target.ts";
import type { Arrival, ClientClaims, Endpoint, Missed, Welcome } from "../../src/hub/endpoint.ts";
import { Inbox } from "./fixture.ts";

const PREFIX = "/clients/mqtt/";
const HUB = /^\/clients\/mqtt\/hubs\/([^/]*)\/?$/;

/** One client that came in. */
export class Guest {
  readonly arrival: Arrival;
  readonly claims: ClientClaims;
  readonly socket: ClientSocket;
  /** What its socket reported, one line each. */
  readonly reports = new Inbox<string>();

  constructor(arrival: Arrival, claims: ClientClaims, socket: ClientSocket) {
    this.arrival = arrival;
    this.claims = claims;
    this.socket = socket;
    const heard = (what: string) => this.reports.add(what);
    socket.listen({
      opened: () => heard("opened"),
      message: (data) => heard(typeof data === "string" ? `text ${data}` : `bytes ${[...data]}`),
      closed: (code, reason) => heard(`closed ${code} ${reason}`),
      broken: () => heard("broken"),
      violated: (code) => heard(`violated ${code}`),
      stuck: () => heard("stuck"),
      behind: () => heard("behind"),
      caughtUp: () => heard("caught up"),
      failed: (error) => heard(`failed ${error}`),
    });
  }
}

/** The endpoint. */
export class OpenEndpoint implements Endpoint {
  readonly family = "mqtt";
  readonly guests = new Inbox<Guest>();
  readonly missed: Missed[] = [];
  readonly #greet: (socket: ClientSocket) => void;

  /** @param greet is called with each socket before its client has the 101 answer */
  constructor(greet: (socket: ClientSocket) => void = () => {}) {
    this.#greet = greet;
  }

  matches(target: string): boolean {
    return target.startsWith(PREFIX);
  }

  locate(target: string) {
    const { path, parameters } = splitTarget(target);
    const match = HUB.exec(path);
    return match === null ? undefined : { hub: decodeSegment(match[1] ?? ""), parameters };
  }

  welcome(arrival: Arrival, claims: ClientClaims): Welcome {
    return {
      kind: "welcome",
      answer: "mqtt",
      start: (socket) => {
        this.guests.add(new Guest(arrival, claims, socket));
        this.#greet(socket);
      },
      missed: (why) => void this.missed.push(why),
    };
  }
}
