/**
 * Who a client is: made at the handshake, before the connection exists, and kept to its end.
 */
/** The facts of one logical connection that event handlers and lookups see. */
export class Identity {
  /** Lower case. */
  readonly hub: string;
  readonly connectionId: string;
  /** `Host` of the upgrade request, lower case. */
  readonly requestHost: string;
  /** `undefined` for anonymous clients; never empty. */
  userId: string | undefined;
  /** Known subprotocols in lower case, custom ones as the client spelled them. */
  subprotocol: string | undefined = undefined;
  /** Opaque connection state, set by the answers of event handlers. */
  state: string | undefined = undefined;

  constructor(
    hub: string,
    connectionId: string,
    userId: string | undefined,
    requestHost: string,
  ) {
    this.hub = hub;
    this.connectionId = connectionId;
    this.userId = userId === "" ? undefined : userId;
    this.requestHost = requestHost;
  }
}
