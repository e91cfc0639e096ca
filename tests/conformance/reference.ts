/**
 * A second reading of RFC 6455, written for plainness: takes all bytes at once, copies freely, and leaves UTF-8 to the
 * platform's decoder. What the parser reports for any bytes has to be the same.
 */
import { binary, closed, type End, failed, OPEN, ping, pong, type Taken, text } from "./case.ts";

/** What a server has taken after `input`, and how the connection is. */
export function readAll(input: Uint8Array, limit: number): { taken: Taken[]; end: End } {
  const taken: Taken[] = [];
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let message: { opcode: number; payload: number[] } | undefined;
  for (let at = 0; at < input.length;) {
    const opcode = view.getUint8(at) & 15;
    const fin = view.getUint8(at) >= 128;
    const isControl = opcode >= 8;
    if ((view.getUint8(at) & 0x70) !== 0) return { taken, end: failed(1002) };
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) return { taken, end: failed(1002) };
    if (isControl && !fin) return { taken, end: failed(1002) };
    if (!isControl && (opcode === 0) !== (message !== undefined)) {
      return { taken, end: failed(1002) };
    }
    if (at + 2 > input.length) break;
    if (view.getUint8(at + 1) < 128) return { taken, end: failed(1002) };
    let length = BigInt(view.getUint8(at + 1) & 127);
    let start = at + 2;
    if (isControl && length > 125n) return { taken, end: failed(1002) };
    if (length === 126n) {
      start += 2;
      if (start > input.length) break;
      length = BigInt(view.getUint16(at + 2));
      if (length < 126n) return { taken, end: failed(1002) };
    } else if (length === 127n) {
      start += 8;
      if (start > input.length) break;
      length = view.getBigUint64(at + 2);
      if (length >> 63n === 1n || length < 65536n) return { taken, end: failed(1002) };
    }
    if (!isControl && length + BigInt(message?.payload.length ?? 0) > BigInt(limit)) {
      return { taken, end: failed(1009) };
    }
    if (start + 4 > input.length) break;
    const key = input.slice(start, start + 4);
    start += 4;
    const present = input.slice(start, start + Number(length));
    const payload = present.map((byte, i) => byte ^ (key[i % 4] ?? 0));
    const isWhole = payload.length === Number(length);
    if (isControl) {
      if (!isWhole) break;
      if (opcode === 8) return { taken, end: endOf(payload) };
      taken.push(opcode === 9 ? ping(payload) : pong(payload));
    } else {
      message ??= { opcode, payload: [] };
      message.payload.push(...payload);
      const bytes = new Uint8Array(message.payload);
      const isEnd = isWhole && fin;
      if (message.opcode === 1) {
        const value = decoded(bytes, isEnd);
        if (value === undefined) return { taken, end: failed(1007) };
        if (isEnd) taken.push(text(value));
      } else if (isEnd) taken.push(binary(bytes));
      if (!isWhole) break;
      if (fin) message = undefined;
    }
    at = start + Number(length);
  }
  return { taken, end: OPEN };
}

function endOf(payload: Uint8Array): End {
  if (payload.length === 0) return closed(undefined);
  const [high = 0, low] = payload;
  if (low === undefined) return failed(1002);
  const code = high * 256 + low;
  const isUsable = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999);
  if (!isUsable) return failed(1002);
  const reason = decoded(payload.subarray(2), true);
  return reason === undefined ? failed(1007) : closed(code, reason);
}

/** `undefined` for what cannot be, or become, UTF-8. */
function decoded(bytes: Uint8Array, isEnd: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes, { stream: !isEnd });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
