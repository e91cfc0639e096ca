/**
 * Continuation tokens of listings: the last connection id returned, bound to its hub and group by a MAC.
 */
import { Buffer } from "node:buffer";
import { sameMac } from "../auth/mac.ts";
import type { RestServices } from "./services.ts";

type Macs = Pick<RestServices, "continuationMacs">;

/** A token that lets a listing of `group` in `hub` go on behind `lastId`. */
export function continuationToken(
  services: Macs,
  hub: string,
  group: string,
  lastId: string,
): string {
  const [mac] = services.continuationMacs(bound(hub, group, lastId));
  return `${Buffer.from(lastId).toString("base64url")}.${mac ?? ""}`;
}

/** The connection id in a token, or `undefined` when it was made up, altered, or made for another hub or group. */
export function lastIdOf(
  services: Macs,
  hub: string,
  group: string,
  token: string,
): string | undefined {
  const given = /^https?:\/\//i.test(token) ? innerToken(token) : token;
  const [encoded, mac, ...rest] = given.split(".");
  if (encoded === undefined || mac === undefined || rest.length > 0) return undefined;
  const lastId = Buffer.from(encoded, "base64url").toString();
  // Decoding is lenient: only the one spelling that was given out is good.
  if (Buffer.from(lastId).toString("base64url") !== encoded) return undefined;
  const macs = services.continuationMacs(bound(hub, group, lastId));
  const givenMac = Buffer.from(mac);
  return macs.some((good) => sameMac(Buffer.from(good), givenMac)) ? lastId : undefined;
}

/** .NET's client resumes with the whole nextLink. */
function innerToken(link: string): string {
  const [, query = ""] = link.split(/[?#]/);
  return new URLSearchParams(query).get("continuationToken") ?? "";
}

function bound(hub: string, group: string, lastId: string): string {
  return JSON.stringify([hub, group, lastId]);
}
