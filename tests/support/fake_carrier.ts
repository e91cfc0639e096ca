/**
 * A way to event handlers without any network: the handler is a function. It keeps the contract of
 * `tests/contract/upstream_carrier.ts`.
 */
import {
  type Carried,
  type Carrier,
  type CarrierRequest,
  isSuccess,
} from "../../src/upstream/carrier.ts";

/** Answers a request; what it throws is a network that failed. */
export type FakeHandler = (request: CarrierRequest) => Response | Promise<Response>;

/** Keeps every request, and asks nobody for permission unless told to. */
export class FakeCarrier implements Carrier {
  readonly asksPermission: boolean;
  readonly requests: CarrierRequest[] = [];
  handler: FakeHandler;

  constructor(
    handler: FakeHandler = () => new Response(null, { status: 204 }),
    asksPermission = false,
  ) {
    this.handler = handler;
    this.asksPermission = asksPermission;
  }

  async send(request: CarrierRequest, signal: AbortSignal): Promise<Carried> {
    this.requests.push(request);
    const gone = new Promise<Carried>((resolve) => {
      const abort = () => resolve({ kind: "aborted", detail: "the test gave up" });
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
    });
    return await Promise.race([gone, this.#exchange(request)]);
  }

  async #exchange(request: CarrierRequest): Promise<Carried> {
    let response: Response;
    try {
      response = await this.handler(request);
    } catch (error) {
      return { kind: "network", detail: String(error) };
    }
    const { status, headers } = response;
    const max = isSuccess(status) || request.readsRefusals ? request.maxBodyBytes : undefined;
    if (max === undefined) {
      await response.body?.cancel();
      return { kind: "answer", status, headers, body: new Uint8Array() };
    }
    try {
      const body = new Uint8Array(await response.arrayBuffer());
      if (body.length <= max) return { kind: "answer", status, headers, body };
      return { kind: "tooLarge", detail: "the answer is too large for the test" };
    } catch (error) {
      return { kind: "cutOff", detail: String(error) };
    }
  }
}
