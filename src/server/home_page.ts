/**
 * What a browser sees that opens the server's address: that it works, how to try it, where to go on. Everybody may look,
 * so there is no secret in it. A module and no file, so that the executable carries it; loaded with its first visitor.
 */
import { createHash } from "node:crypto";
import { ICON_SECONDS } from "../limits.ts";

/** The addresses that the page names. */
export interface HomeFacts {
  readonly endpoint: string;
  readonly clientUrlTemplate: string;
  readonly healthUrl: string;
}

/** An answer as plain values; `body` is null for HEAD, whose headers are those of GET. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * Answers a request for the page or its icon.
 *
 * ```ts
 * import { answerHome } from "./home_page.ts";
 * import assert from "node:assert/strict";
 * const facts = { endpoint: "http://h", clientUrlTemplate: "ws://h/client/hubs/{hub}", healthUrl: "http://h/api/health" };
 * assert.equal(answerHome("GET", "/", facts).status, 200);
 * assert.equal(answerHome("POST", "/", facts).headers["allow"], "GET, HEAD");
 * ```
 *
 * @param target path and query as sent
 */
export function answerHome(method: string, target: string, facts: HomeFacts): PageAnswer {
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, headers: { allow: "GET, HEAD", "content-length": "0" }, body: null };
  }
  const [type, text, headers] = target.startsWith("/favicon.ico")
    ? ["image/svg+xml", ICON, ICON_HEADERS] as const
    : ["text/html; charset=utf-8", page(facts), pageHeaders()] as const;
  return {
    status: 200,
    headers: {
      ...headers,
      "content-type": type,
      "content-length": String(new TextEncoder().encode(text).length),
      "x-content-type-options": "nosniff",
    },
    body: method === "HEAD" ? null : text,
  };
}

/** Browsers ask for this name by themselves; all but the oldest take a drawing under it. */
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">' +
  '<rect width="16" height="16" rx="4" fill="#2457c5"/>' +
  '<path d="M4 4v8M12 4v8M4 8h8" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>';

const ICON_HEADERS = { "cache-control": `max-age=${ICON_SECONDS}` };

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --box: #f3f5f8; --mark: #2457c5; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --soft: #a0a8b2; --back: #15181c; --box: #20252b; --mark: #8db4ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1rem 3rem; max-width: 44rem; background: var(--back); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
p { margin: .5rem 0; }
a { color: var(--mark); }
dl { margin: 1rem 0; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0 0 .75rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { margin: .5rem 0; padding: .75rem; background: var(--box); border-radius: .4rem; overflow-x: auto; overflow-wrap: normal; }
li { margin: .4rem 0; }
ol, ul { padding-left: 1.4rem; }
`;

let style: string | undefined;

/** The page may load its icon, use its own style, and nothing else: no script, no frame, no form. */
function pageHeaders(): Record<string, string> {
  style ??= createHash("sha256").update(STYLE).digest("base64");
  return {
    "content-security-policy":
      `default-src 'none'; style-src 'sha256-${style}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
}

function page({ endpoint, clientUrlTemplate, healthUrl }: HomeFacts): string {
  const options = endpoint.startsWith("https:") ? "" : ", { allowInsecureConnection: true }";
  const [server, client, health] = [endpoint, clientUrlTemplate, healthUrl].map(escaped);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hubbub</title>
<link rel="icon" type="image/svg+xml" href="favicon.ico">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Hubbub is running</h1>
<p>This is a self-hosted server that speaks the protocols of Azure Web PubSub. WebSocket clients join groups and
publish; applications manage them over a REST API. The official SDKs work with it as they are.</p>
<dl>
<dt>Endpoint</dt><dd><code>${server}</code></dd>
<dt>WebSocket clients</dt><dd><code>${client}?access_token={token}</code></dd>
<dt>Health</dt><dd><a href="${health}"><code>${health}</code></a> answers 200 with no body</dd>
</dl>
<h2>Try it</h2>
<ol>
<li>The server printed its connection string when it started. Its access key is a secret, so it is not shown here.</li>
<li>Get a client URL with a token for the hub <code>chat</code>, and open it with any WebSocket client. In the folder of
the sources the command is <code>deno task start</code> instead of <code>hubbub</code>.
<pre>hubbub token --hub chat --public-endpoint ${server}</pre></li>
<li>Send to all clients of the hub from Node, after <code>npm install @azure/web-pubsub</code>:
<pre>import { WebPubSubServiceClient } from "@azure/web-pubsub";
const chat = new WebPubSubServiceClient(
  "&lt;connection string&gt;", "chat"${options});
await chat.sendToAll("hello", { contentType: "text/plain" });</pre></li>
</ol>
<h2>Where to go on</h2>
<ul>
<li><code>README.md</code>: a first message, use in tests, event handlers, all settings. <code>examples/chat</code> is a
whole application.</li>
<li><code>hubbub --help</code>: commands, flags and environment variables.</li>
<li><a href="https://learn.microsoft.com/azure/azure-web-pubsub/" rel="noreferrer">The documentation of Azure Web
PubSub</a>: its clients, SDKs and protocols are the same here.</li>
</ul>
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
