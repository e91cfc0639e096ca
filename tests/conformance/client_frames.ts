/**
 * Frames as a client sends them, right or wrong in every way that a header can be.
 */
import { Buffer } from "node:buffer";

/** What may differ from a whole, masked frame in its shortest form. */
export interface FrameOptions {
  /** False: more fragments follow. */
  readonly fin?: boolean;
  /** The reserved bits, 0-7; 4 is RSV1. */
  readonly rsv?: number;
  readonly masked?: boolean;
  readonly key?: readonly [number, number, number, number];
  /** How the length is written: in 7, 16 or 64 bits. Shortest by default. */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that the header names instead of the payload's. */
  readonly announced?: bigint;
}

const KEY = [0x37, 0xfa, 0x21, 0x3d] as const;

/** The bytes of a payload: UTF-8 for a string. */
export function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
}

/** One frame of a client. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = "",
  options: FrameOptions = {},
): Uint8Array {
  const { fin = true, rsv = 0, masked = true, key = KEY } = options;
  const bytes = bytesOf(payload);
  const announced = options.announced ?? BigInt(bytes.length);
  const bits = options.lengthBits ?? (announced < 126n ? 7 : announced < 65536n ? 16 : 64);
  const header = Buffer.alloc(2 + (bits === 7 ? 0 : bits / 8));
  header[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  header[1] = (masked ? 0x80 : 0) | (bits === 7 ? Number(announced) : bits === 16 ? 126 : 127);
  if (bits === 16) header.writeUInt16BE(Number(announced), 2);
  if (bits === 64) header.writeBigUInt64BE(announced, 2);
  if (!masked) return join(header, bytes);
  const payloadBytes = bytes.map((byte, i) => byte ^ (key[i & 3] ?? 0));
  return join(header, new Uint8Array(key), payloadBytes);
}

/** A close frame: a code as two bytes, then a reason. */
export function closeFrame(code: number, reason: string | Uint8Array = ""): Uint8Array {
  return frame(8, join(new Uint8Array([code >> 8, code & 0xff]), bytesOf(reason)));
}

/** A message in fragments: the first frame has the opcode, the others continue. */
export function fragments(opcode: number, parts: readonly (string | Uint8Array)[]): Uint8Array[] {
  return parts.map((part, i) => frame(i === 0 ? opcode : 0, part, { fin: i === parts.length - 1 }));
}

/** All bytes in one array. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes from hex digits, blanks allowed. */
export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));
}

/** `length` bytes that repeat only after 251. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}
