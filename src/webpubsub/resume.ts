/**
 * Reliable clients that come back: a reconnection token opens the connection, no access token is looked at.
 */
import { last } from "../hub/client_target.ts";
import { findRecoverable } from "../hub/connect.ts";
import type { Arrival, Welcome } from "../hub/endpoint.ts";
import type { Hubs } from "../hub/hubs.ts";
import { firstKnownOffer, offeredSubprotocols, recoveryAnswer } from "../protocol/negotiate.ts";
import { serveReturning } from "./client.ts";

/** What a client gets that names a connection: always a 101, then maybe a close. `undefined` when it names none. */
export function resume({ hub, parameters, headers }: Arrival, hubs: Hubs): Welcome | undefined {
  const connectionId = last(parameters, "awps_connection_id");
  if (connectionId === undefined || connectionId === "") return undefined;
  const token = last(parameters, "awps_reconnection_token") ?? "";
  const connection = findRecoverable(hubs, hub, connectionId, token);
  const offered = offeredSubprotocols(headers.get("sec-websocket-protocol"));
  // The original one, if the client offers that.
  const original = connection?.identity.subprotocol;
  return {
    kind: "welcome",
    answer: original === undefined ? firstKnownOffer(offered) : recoveryAnswer(offered, original),
    start(socket) {
      // The connection may have ended since it was found.
      const isThere = connection !== undefined && connection.phase !== "ended";
      serveReturning(hubs, isThere ? connection : undefined, socket);
    },
    missed() {},
  };
}
