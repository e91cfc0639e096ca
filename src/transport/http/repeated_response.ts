/**
 * The bytes of an answer that is given over and over: senders get the same 202 a thousand times in a second, and making
 * its bytes anew costs a good part of such a call.
 */
import { type HttpResponse, responseBytes, type ResponseSetting } from "./response.ts";

/**
 * Writes answers, and keeps the bytes of the last one without a body.
 *
 * ```ts
 * import { RepeatedResponse } from "./repeated_response.ts";
 * import assert from "node:assert/strict";
 * const answers = new RepeatedResponse();
 * const accepted = { status: 202, headers: {}, body: undefined };
 * const setting = { method: "POST", connection: undefined, date: "Tue, 24 Nov 2026 09:30:00 GMT" };
 * assert.equal(answers.bytes(accepted, setting), answers.bytes({ ...accepted }, setting));
 * ```
 */
export class RepeatedResponse {
  #status = 0;
  #headers: HttpResponse["headers"] | undefined = undefined;
  #connection: ResponseSetting["connection"] = undefined;
  #date = "";
  #bytes: Uint8Array = new Uint8Array();

  /**
   * As {@linkcode responseBytes}. Nobody may write into the bytes: others are sent the same. Headers are compared as
   * objects, since most answers share theirs.
   */
  bytes(response: HttpResponse, setting: ResponseSetting): Uint8Array {
    if (response.body !== undefined) return responseBytes(response, setting);
    const { status, headers } = response;
    // The method counts for answers with a body only.
    const { connection, date } = setting;
    if (
      headers !== this.#headers || date !== this.#date || status !== this.#status ||
      connection !== this.#connection
    ) {
      this.#bytes = responseBytes(response, setting);
      this.#status = status;
      this.#headers = headers;
      this.#connection = connection;
      this.#date = date;
    }
    return this.#bytes;
  }
}
