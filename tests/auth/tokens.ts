/** Makes tokens for tests, good ones and every kind of bad one. */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { AccessKeys } from "../../src/auth/access_key.ts";
import { type TokenFailure, type TokenVerdict, TokenVerifier } from "../../src/auth/token.ts";

export const PRIMARY = "hubbub-primary-key-0123456789abcdef";
export const SECONDARY = "hubbub-secondary-key-0123456789abcd";

/** 2026-11-24T09:30:00Z in seconds. */
export const NOW = Date.UTC(2026, 10, 24, 9, 30) / 1000;

export const CHAT = { endpoint: "default", hub: "chat" } as const;
export const CHAT_AUDIENCE = "http://localhost:8080/client/hubs/chat";
export const SEND = { path: "/api/hubs/chat/:send" } as const;
export const SEND_AUDIENCE = "http://localhost:8080/api/hubs/chat/:send?api-version=2024-12-01";

/** Claims of a client token for the hub `chat` that is good for an hour. */
export const CLIENT_CLAIMS = { aud: CHAT_AUDIENCE, exp: NOW + 3600 };
export const REST_CLAIMS = { aud: SEND_AUDIENCE, exp: NOW + 3600 };

export function encode(part: string | Uint8Array | object): string {
  if (typeof part === "string" || part instanceof Uint8Array) {
    return Buffer.from(part).toString("base64url");
  }
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

const HASHES: Readonly<Record<string, string>> = {
  HS256: "sha256",
  HS384: "sha384",
  HS512: "sha512",
};

/** Signs two parts as they stand. */
export function signParts(header: string, payload: string, key = PRIMARY, alg = "HS256"): string {
  const signed = `${header}.${payload}`;
  const mac = createHmac(HASHES[alg] ?? "sha256", key).update(signed).digest("base64url");
  return `${signed}.${mac}`;
}

/** A token with these claims; a string is taken as the payload's source text. */
export function makeToken(
  claims: object | string | Uint8Array,
  options: { readonly key?: string; readonly alg?: string; readonly header?: object } = {},
): string {
  const alg = options.alg ?? "HS256";
  const header = { alg, typ: "JWT", ...options.header };
  return signParts(encode(header), encode(claims), options.key, alg);
}

export function verifier(now: () => number = () => NOW * 1000): TokenVerifier {
  return new TokenVerifier(new AccessKeys(PRIMARY, SECONDARY), now);
}

/** "good" or the reason of the refusal. */
export function outcome(verdict: TokenVerdict): "good" | TokenFailure {
  return verdict.ok ? "good" : verdict.reason;
}

export function judgeClient(token: string, now = NOW): "good" | TokenFailure {
  return outcome(verifier(() => now * 1000).verifyClient(token, CHAT));
}

export function judgeRest(token: string, now = NOW): "good" | TokenFailure {
  return outcome(verifier(() => now * 1000).verifyRest(token, SEND));
}
