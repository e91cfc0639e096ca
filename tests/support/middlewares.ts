/**
 * Event handlers of other languages, as far as a request can tell: each takes what the library it is named after is
 * documented to take, and answers as that does. Written from their documentation and published behaviour.
 */
import { createHmac } from "node:crypto";
import type { ReceivedRequest } from "./upstream_stub.ts";

/** A middleware set up with the connection string of a server. */
export interface Middleware {
  readonly name: string;
  answer(request: ReceivedRequest, accessKey: string, endpoint: URL): Response;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const USER_TYPES = ["text/plain", "application/json", "application/octet-stream"];

/** The hash that .NET makes has upper-case digits; it is compared without case, one part between commas at a time. */
function isSigned(request: ReceivedRequest, accessKey: string): boolean {
  const id = request.headers.get("ce-connectionid") ?? "";
  const own = `sha256=${createHmac("sha256", accessKey).update(id).digest("hex").toUpperCase()}`;
  const parts = request.headers.get("ce-signature")?.split(",") ?? [];
  return parts.some((part) => part.toUpperCase() === own.toUpperCase());
}

/** A `connect` that sets the user and a state, an echo for text, nothing for the rest. */
function applicationAnswer(request: ReceivedRequest, stateBefore: string | null): Response {
  const { headers, body } = request;
  const state = btoa(JSON.stringify({ turn: stateBefore === null ? 0 : 1 }));
  switch (headers.get("ce-eventname")) {
    case "connect": {
      const { claims, query, subprotocols, clientCertificates, headers } = JSON.parse(
        decoder.decode(body),
      );
      const isWhole = [claims, query, subprotocols, clientCertificates, headers].every(
        (member) => typeof member === "object" && member !== null,
      );
      if (!isWhole) return new Response("incomplete", { status: 500 });
      // As .NET serializes it: JSON without a Content-Type, and members that are null.
      const answer = { userId: "net-user", groups: null, subprotocol: null, roles: null };
      const bytes = new TextEncoder().encode(JSON.stringify(answer));
      return new Response(bytes, { headers: { "ce-connectionState": state } });
    }
    case "connected":
    case "disconnected":
      return new Response(null, { status: 200 });
    default:
      return new Response(`echo ${decoder.decode(body)}`, {
        headers: { "Content-Type": "text/plain; charset=utf-8", "ce-connectionState": state },
      });
  }
}

function dotNet(
  name: string,
  isHost: (sent: string, host: string) => boolean,
  refusal: string,
): Middleware {
  return {
    name,
    answer(request, accessKey, endpoint) {
      const { method, headers } = request;
      const origin = headers.get("webhook-request-origin") ?? "";
      if (method === "OPTIONS") {
        return isHost(origin, endpoint.hostname)
          ? new Response(null, { headers: { "WebHook-Allowed-Origin": "*" } })
          : new Response(refusal, { status: 400 });
      }
      const needed = ["ce-awpsversion", "ce-hub", "ce-type", "ce-eventname", "ce-connectionid"];
      if (!needed.every((header) => headers.has(header))) return new Response("", { status: 400 });
      if (!isHost(origin, endpoint.hostname) || !isSigned(request, accessKey)) {
        return new Response("Signature validation failed.", { status: 401 });
      }
      const mediaType = headers.get("content-type")?.split(";")[0]?.trim() ?? "";
      const isUser = headers.get("ce-type")?.startsWith("azure.webpubsub.user.") === true;
      if (isUser && !USER_TYPES.includes(mediaType)) return new Response("", { status: 400 });
      return applicationAnswer(request, headers.get("ce-connectionstate"));
    },
  };
}

/** ASP.NET Core: the origin is looked up among bare hosts, in any case. */
export const ASP_NET_CORE = dotNet(
  "the ASP.NET Core middleware",
  (sent, host) => sent.toLowerCase() === host.toLowerCase(),
  "Abuse Protection validation failed.",
);

/** Azure Functions: a list of origins is looked up among bare hosts, in the case in which .NET writes hosts. */
export const AZURE_FUNCTIONS = dotNet(
  "the Azure Functions extension",
  (sent, host) => sent.split(",").includes(host),
  "",
);

/** The servlet of the service's tutorial for Java: everybody may ask; type and user are read from headers. */
export const JAVA_SERVLET: Middleware = {
  name: "a Java servlet",
  answer({ method, headers, body }) {
    if (method === "OPTIONS") {
      return new Response("", { headers: { "WebHook-Allowed-Origin": "*" } });
    }
    // Containers read the body by its length, and text in the charset of the Content-Type, else as ISO-8859-1.
    if (headers.get("content-length") !== `${body.length}`) {
      return new Response("", { status: 411 });
    }
    if (headers.get("ce-type") !== "azure.webpubsub.user.message") return new Response("");
    const charset = /charset=([\w-]+)/.exec(headers.get("content-type") ?? "")?.[1];
    const text = new TextDecoder(charset ?? "latin1").decode(body);
    return new Response(`echo ${text}`, {
      headers: { "Content-Type": "text/plain;charset=utf-8" },
    });
  },
};

/** A servlet that allows whoever asks by repeating the name. */
export const REPEATING_SERVLET: Middleware = {
  ...JAVA_SERVLET,
  name: "a servlet that repeats the origin",
  answer(request, accessKey, endpoint) {
    if (request.method !== "OPTIONS") return JAVA_SERVLET.answer(request, accessKey, endpoint);
    const origin = request.headers.get("webhook-request-origin") ?? "";
    return new Response("", { headers: { "WebHook-Allowed-Origin": origin } });
  },
};
