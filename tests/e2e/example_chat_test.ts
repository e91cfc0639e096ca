// The example in two tabs of a headless Chromium: the page, the official browser client in it, the express application and the server, as a newcomer meets them.
import assert from "node:assert/strict";
import { startChat } from "../../examples/chat/app.ts";
import { Inbox } from "../support/fixture.ts";
import { peerTest } from "../support/peer.ts";

const CHROMIUM = "chromium";
const DEBUGGER_LINE = /^DevTools listening on ws:\/\/([^/]+)\//m;

/** A headless browser with a profile of its own, driven over its remote debugging protocol. */
class Browser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #tabs: Tab[] = [];
  #address = "";

  private constructor(profile: string) {
    this.#profile = profile;
    this.#process = new Deno.Command(CHROMIUM, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
  }

  static async start(): Promise<Browser> {
    const browser = new Browser(await Deno.makeTempDir());
    let said = "";
    // The rest is read too: a full pipe would stop the browser.
    const listening = Promise.withResolvers<string>();
    browser.#process.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(text) {
          said += text;
          const address = DEBUGGER_LINE.exec(said)?.[1];
          if (address !== undefined) listening.resolve(address);
        },
        close: () => listening.reject(new Error(`Chromium ended: ${said}`)),
      }),
    );
    browser.#address = await listening.promise;
    return browser;
  }

  /** Opens a page and waits until it is loaded. */
  async open(url: string): Promise<Tab> {
    const response = await fetch(`http://${this.#address}/json/new?about:blank`, { method: "PUT" });
    const tab = await Tab.attach((await response.json()).webSocketDebuggerUrl);
    this.#tabs.push(tab);
    await tab.go(url);
    return tab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [first] = this.#tabs;
    // Asked to go, it takes its children along.
    if (first === undefined) this.#process.kill();
    else first.close();
    await this.#process.status;
    for (const tab of this.#tabs) await tab.closed;
    await Deno.remove(this.#profile, { recursive: true });
  }
}

/** One page. */
class Tab {
  readonly #socket: WebSocket;
  readonly #answers = new Inbox<string>();
  readonly #loads = new Inbox<string>();
  readonly #ended = Promise.withResolvers<void>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onclose = () => this.#ended.resolve();
    socket.onmessage = ({ data }) => {
      const { id, method } = JSON.parse(data);
      if (id !== undefined) this.#answers.add(data);
      else if (method === "Page.loadEventFired") this.#loads.add(method);
    };
  }

  static async attach(debuggerUrl: string): Promise<Tab> {
    const socket = new WebSocket(debuggerUrl);
    const tab = new Tab(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`No debugger at ${debuggerUrl}`));
    await promise;
    socket.onerror = null;
    return tab;
  }

  /** Loads a page. */
  async go(url: string): Promise<void> {
    await this.#call("Page.enable");
    await this.#call("Page.navigate", { url });
    // The first one may still be that of the empty page.
    do await this.#loads.next(); while (await this.evaluate("location.origin") !== url);
  }

  /** Asks the browser to end; it cuts this connection. */
  close(): void {
    this.#socket.send(JSON.stringify({ id: ++this.#calls, method: "Browser.close" }));
  }

  /** Settles when the connection to the page has ended. */
  get closed(): Promise<void> {
    return this.#ended.promise;
  }

  /** One command of the protocol; one at a time. */
  async #call(method: string, params: Record<string, unknown> = {}) {
    this.#socket.send(JSON.stringify({ id: ++this.#calls, method, params }));
    const { result, error } = JSON.parse(await this.#answers.next());
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Runs an expression in the page; a promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#call("Runtime.evaluate", params);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** Waits until the page shows a text in the element with this id; gives the whole text there. */
  async shows(id: string, text: string): Promise<string> {
    const shown = await this.evaluate(`new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(document.body.innerText)), 8000);
      const look = () => {
        const shown = document.getElementById(${JSON.stringify(id)})?.innerText ?? "";
        if (shown.includes(${JSON.stringify(text)})) resolve(shown);
      };
      new MutationObserver(look).observe(document, {
        subtree: true, childList: true, characterData: true, attributes: true,
      });
      look();
    })`);
    return String(shown);
  }

  /** Fills in the only field of a form and submits it. */
  async submit(form: string, value: string): Promise<void> {
    await this.evaluate(`{
      const form = document.getElementById(${JSON.stringify(form)});
      form.querySelector("input").value = ${JSON.stringify(value)};
      form.requestSubmit();
    }`);
  }
}

peerTest("chromium", "example chat: two browser tabs talk through the server", async () => {
  await using chat = await startChat(0);
  await using browser = await Browser.start();
  const ann = await browser.open(chat.url);
  await ann.submit("join", "Ann");
  await ann.shows("messages", "Ann is here");
  const bob = await browser.open(chat.url);
  await bob.submit("join", "Böb");
  await ann.shows("messages", "Böb is here");
  await bob.shows("status", "Connected as Böb");
  await ann.submit("say", "Hello <b>you</b>");
  assert.match(await bob.shows("messages", "Ann:"), /Ann: Hello <b>you<\/b>/);
  assert.match(await ann.shows("messages", "Ann:"), /Ann: Hello <b>you<\/b>/);
  await ann.shows("status", "You have said 1");
  await bob.submit("say", "Hi Ann");
  await ann.shows("messages", "Böb: Hi Ann");
  await bob.shows("status", "You have said 1");
  await ann.submit("say", "again");
  await ann.shows("status", "You have said 2");
});
