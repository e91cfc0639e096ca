/**
 * Which part of the address space an IP address belongs to, also when an IPv6 form carries an IPv4 address.
 *
 * Ranges: the IANA registries of special-purpose addresses.
 */

/** What an address is good for. `metadata`: the well-known addresses of cloud instance metadata. */
export type AddressKind = "public" | "private" | "linkLocal" | "metadata";

/**
 * Sorts an address in the usual text forms; `undefined` when `text` is none. "private" means everything that is not
 * meant for the public network: loopback, private, shared, unique-local, multicast, reserved, unspecified.
 *
 * ```ts
 * import { addressKind } from "./ip_address.ts";
 * import assert from "node:assert/strict";
 * assert.equal(addressKind("169.254.169.254"), "metadata");
 * assert.equal(addressKind("::ffff:10.0.0.1"), "private");
 * assert.equal(addressKind("app.example.com"), undefined);
 * ```
 */
export function addressKind(text: string): AddressKind | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return kindOfV4(v4);
  const v6 = parseV6(text);
  return v6 === undefined ? undefined : kindOfV6(v6);
}

/** Network, prefix length. */
const PRIVATE_V4: readonly (readonly [number, number])[] = [
  [0x00000000, 8], // this network; 0.0.0.0 reaches loopback
  [0x0a000000, 8],
  [0x64400000, 10], // shared by carriers
  [0x7f000000, 8],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15], // benchmarks
  [0xe0000000, 4], // multicast
  [0xf0000000, 4], // reserved, broadcast
];
const METADATA_V4 = 0xa9fea9fe;
const METADATA_V6 = "fd00:ec2:0:0:0:0:0:254";

function kindOfV4(address: number): AddressKind {
  if (address === METADATA_V4) return "metadata";
  if (inV4(address, 0xa9fe0000, 16)) return "linkLocal";
  for (const [network, bits] of PRIVATE_V4) if (inV4(address, network, bits)) return "private";
  return "public";
}

function inV4(address: number, network: number, bits: number): boolean {
  return (address ^ network) >>> (32 - bits) === 0;
}

function kindOfV6(words: readonly number[]): AddressKind {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
  const low = ((g << 16) | h) >>> 0;
  const zeroTo = (d | c | b | a) === 0;
  if (zeroTo && e === 0 && f === 0 && low <= 1) return "private"; // unspecified, loopback
  if (zeroTo && e === 0 && (f === 0xffff || f === 0)) return kindOfV4(low); // mapped, compatible
  if (zeroTo && e === 0xffff && f === 0) return kindOfV4(low); // translated
  if (a === 0x64 && b === 0xff9b) return c === 0 ? kindOfV4(low) : "private"; // NAT64, local NAT64
  if (a === 0x2002) return kindOfV4(((b << 16) | c) >>> 0); // 6to4
  if (words.map((word) => word.toString(16)).join(":") === METADATA_V6) return "metadata";
  if ((a & 0xffc0) === 0xfe80) return "linkLocal";
  // Unique-local, the abandoned site-local, multicast.
  if ((a & 0xfe00) === 0xfc00 || (a & 0xffc0) === 0xfec0 || (a & 0xff00) === 0xff00) {
    return "private";
  }
  return "public";
}

function parseV4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let address = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255) return undefined;
    address = address * 256 + byte;
  }
  return address;
}

/** Eight 16-bit words. */
function parseV6(text: string): readonly number[] | undefined {
  const [address = ""] = text.split("%"); // fe80::1%eth0
  const halves = address.split("::");
  if (!address.includes(":") || halves.length > 2) return undefined;
  const head = wordsOf(halves[0] ?? "");
  const tail = halves.length === 2 ? wordsOf(halves[1] ?? "") : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function wordsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const words: number[] = [];
  for (const piece of text.split(":")) {
    const v4 = parseV4(piece);
    if (v4 !== undefined) words.push(v4 >>> 16, v4 & 0xffff);
    else if (/^[0-9a-f]{1,4}$/i.test(piece)) words.push(parseInt(piece, 16));
    else return undefined;
  }
  return words;
}
