/**
 * How one request travels to a handler and its answer back. HTTP is one way; a tunnel that the handler has opened to
 * us is another. Order, retries and time limits are the same over each: they lie in front of the carrier.
 */

/** What is sent, the same on every attempt. */
export interface CarrierRequest {
  readonly method: "POST" | "OPTIONS" | "GET";
  readonly url: string;
  /** Host of the URL. */
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Largest body that is read, in bytes after decompression; `undefined`: the body is not wanted. */
  readonly maxBodyBytes: number | undefined;
  /** Whether the body of an answer other than 2xx is wanted too. */
  readonly readsRefusals: boolean;
}

/** Any answer, whatever its status. */
export interface CarrierAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Headers;
  /** Empty when it was not wanted. */
  readonly body: Uint8Array;
}

/**
 * No usable answer. `network`: none came; another attempt may help. `tooLarge`, `cutOff`, `undecodable`: the body of an
 * answer. `denied`: the address is not allowed. `aborted`: the signal was aborted first.
 */
export interface CarrierFailure {
  readonly kind: "network" | "tooLarge" | "cutOff" | "undecodable" | "denied" | "aborted";
  /** For logs: never holds the URL. */
  readonly detail: string;
}

/** What came of one request. */
export type Carried = CarrierAnswer | CarrierFailure;

/** A way to handlers. `tests/contract/upstream_carrier.ts` holds what every one keeps. */
export interface Carrier {
  /** Whether a handler has to allow our origin first; not where it has proved by its access key who it is. */
  readonly asksPermission: boolean;
  /** Makes one attempt. Never rejects. Once `signal` is aborted it answers soon; what it says then does not count. */
  send(request: CarrierRequest, signal: AbortSignal): Promise<Carried>;
}

/** The carriers by the scheme of the handler's URL, in lower case and without a colon. */
export type Carriers = Readonly<Partial<Record<string, Carrier>>>;

/** Whether an answer is a success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}
