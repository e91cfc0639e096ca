/** A handler that answers one request with given bytes under a given `Content-Encoding`, as they are. */
export class CodedHandler implements AsyncDisposable {
  // Bare TCP: servers of HTTP libraries change codings of their own accord.
  readonly #listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  readonly #answered: Promise<void>;

  /** `coding` is the value of the header; `undefined` leaves it out. */
  constructor(coding: string | undefined, body: Uint8Array) {
    const line = coding === undefined ? "" : `Content-Encoding: ${coding}\r\n`;
    const head = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `${line}Content-Length: ${body.length}\r\n\r\n`;
    this.#answered = this.#answer(new TextEncoder().encode(head), body);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}/`;
  }

  async #answer(head: Uint8Array, body: Uint8Array): Promise<void> {
    using connection = await this.#listener.accept();
    await connection.read(new Uint8Array(4096));
    try {
      for (const bytes of [head, body]) {
        for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      }
    } catch (error) {
      // The reader has seen enough.
      if (
        !(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)
      ) {
        throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#answered;
    this.#listener.close();
  }
}
