/**
 * Which protobuf library carries the protobuf subprotocol, and what the codec makes of it?
 *
 * Both libraries do the same work through their low-level readers and writers: read a `sendToGroup` with 100 bytes of
 * text, an ack id and no echo; write the data message that its receivers get. Also: what the import of each costs in a
 * fresh process, and whether each keeps what the subprotocol needs (exact uint64, raw bytes of an `Any`, fatal UTF-8).
 *
 *     deno run -A bench/protobuf.ts
 */
import { protobufCodec } from "../src/protocol/protobuf.ts";
import type { Frame, Message } from "../src/protocol/event.ts";
import { BinaryReader, BinaryWriter } from "npm:@bufbuild/protobuf@2.17.0/wire";
import protobufjs from "npm:protobufjs@8.8.1/minimal.js";

const TEXT = "x".repeat(100);
const GROUP = "stock-quotes";
const ROUNDS = 5;
const BATCH = 200_000;

/** A `sendToGroup` as a client writes it. */
const REQUEST: Uint8Array = (() => {
  const writer = new BinaryWriter();
  writer.uint32(10).fork().uint32(10).string(GROUP).uint32(16).uint64(1234567n);
  writer.uint32(26).fork().uint32(10).string(TEXT).join().uint32(32).bool(true).join();
  return writer.finish();
})();

const MESSAGE: Message = {
  type: "message",
  group: GROUP,
  fromUserId: undefined,
  payload: { kind: "text", text: TEXT },
  metadata: undefined,
};

interface Request {
  group: string;
  ackId: bigint | undefined;
  text: string | undefined;
  noEcho: boolean;
}

function readWithBufbuild(bytes: Uint8Array): Request {
  const request: Request = { group: "", ackId: undefined, text: undefined, noEcho: false };
  const reader = new BinaryReader(bytes);
  reader.uint32();
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) request.group = reader.string(true);
    else if (tag === 16) request.ackId = BigInt(reader.uint64());
    else if (tag === 26) {
      const dataEnd = reader.uint32() + reader.pos;
      while (reader.pos < dataEnd) {
        const dataTag = reader.uint32();
        if (dataTag === 10) request.text = reader.string(true);
        else reader.skip(dataTag & 7, dataTag >>> 3);
      }
    } else if (tag === 32) request.noEcho = reader.bool();
    else reader.skip(tag & 7, tag >>> 3);
  }
  return request;
}

function writeWithBufbuild(group: string, text: string): Uint8Array {
  const writer = new BinaryWriter();
  writer.uint32(18).fork().uint32(10).string("group").uint32(18).string(group);
  writer.uint32(26).fork().uint32(10).string(text).join().join();
  return writer.finish();
}

/** protobufjs hands out 64-bit numbers as `Long`: two signed halves. */
function toBigint(value: { low: number; high: number } | number): bigint {
  if (typeof value === "number") return BigInt(value);
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}

/** In 8.8.1 but not in its type declarations of the class. */
interface StrictReader {
  stringVerify(): string;
}

function readWithProtobufjs(bytes: Uint8Array): Request {
  const request: Request = { group: "", ackId: undefined, text: undefined, noEcho: false };
  const reader = protobufjs.Reader.create(bytes);
  const strict = reader as unknown as StrictReader;
  reader.uint32();
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) request.group = strict.stringVerify();
    else if (tag === 16) request.ackId = toBigint(reader.uint64());
    else if (tag === 26) {
      const dataEnd = reader.uint32() + reader.pos;
      while (reader.pos < dataEnd) {
        const dataTag = reader.uint32();
        if (dataTag === 10) request.text = strict.stringVerify();
        else reader.skipType(dataTag & 7);
      }
    } else if (tag === 32) request.noEcho = reader.bool();
    else reader.skipType(tag & 7);
  }
  return request;
}

function writeWithProtobufjs(group: string, text: string): Uint8Array {
  const writer = protobufjs.Writer.create();
  writer.uint32(18).fork().uint32(10).string("group").uint32(18).string(group);
  writer.uint32(26).fork().uint32(10).string(text).ldelim().ldelim();
  return writer.finish();
}

const JSON_REQUEST = JSON.stringify({
  type: "sendToGroup",
  group: GROUP,
  ackId: 1234567,
  dataType: "text",
  data: TEXT,
  noEcho: true,
});

/** Calls per second, best of the rounds. The results are folded into a sum, so that no call can be left out. */
function measure(name: string, run: () => number): void {
  let best = Infinity;
  let sum = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < BATCH; i++) sum += run();
    best = Math.min(best, performance.now() - start);
  }
  const perSecond = (BATCH / best / 1000).toFixed(2).padStart(6);
  const nanoseconds = ((best * 1e6) / BATCH).toFixed(0).padStart(5);
  print(`${name.padEnd(44)} ${perSecond} M/s  ${nanoseconds} ns  [${sum % 10}]`);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

/** Milliseconds that `specifier` takes to import in a fresh, warm-cached process; median of seven. */
async function importCost(specifier: string): Promise<number> {
  const script = `const s = performance.now(); await import(${JSON.stringify(specifier)});` +
    `Deno.stdout.writeSync(new TextEncoder().encode(String(performance.now() - s)));`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, script);
  const times: number[] = [];
  for (let i = 0; i < 8; i++) {
    const args = ["run", "-A", "--no-check", "--no-lock"];
    if (specifier.startsWith("file:")) {
      args.push("--config", new URL("../deno.json", import.meta.url).pathname);
    }
    const child = new Deno.Command(Deno.execPath(), { args: [...args, file], stderr: "inherit" });
    const time = Number(new TextDecoder().decode((await child.output()).stdout));
    if (i > 0) times.push(time);
  }
  await Deno.remove(file);
  return times.sort((a, b) => a - b)[3] ?? NaN;
}

function verdict(name: string, check: () => boolean): void {
  let outcome: string;
  try {
    outcome = check() ? "yes" : "NO";
  } catch (error) {
    outcome = `NO (${error instanceof Error ? error.message : error})`;
  }
  print(`${name.padEnd(60)} ${outcome}`);
}

function throws(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

const MAX_VARINT = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255, 1);
const BAD_TEXT = Uint8Array.of(3, 0x61, 0xff, 0x62);
const LONE_SURROGATE = "a\ud800b";

function isUtf8(bytes: Uint8Array): boolean {
  return !throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

verdict(
  "bufbuild: largest uint64 is exact",
  () => BigInt(new BinaryReader(MAX_VARINT).uint64()) === 18446744073709551615n,
);
verdict(
  "protobufjs: largest uint64 is exact",
  () => toBigint(protobufjs.Reader.create(MAX_VARINT).uint64()) === 18446744073709551615n,
);
verdict(
  "bufbuild: strict reading refuses bad UTF-8",
  () => throws(() => new BinaryReader(BAD_TEXT).string(true)),
);
verdict(
  "protobufjs: strict reading refuses bad UTF-8",
  () =>
    throws(() => (protobufjs.Reader.create(BAD_TEXT) as unknown as StrictReader).stringVerify()),
);
verdict(
  "bufbuild: a lone surrogate is written as valid UTF-8",
  () => isUtf8(new BinaryWriter().string(LONE_SURROGATE).finish().subarray(1)),
);
verdict(
  "protobufjs: a lone surrogate is written as valid UTF-8",
  () => isUtf8(protobufjs.Writer.create().string(LONE_SURROGATE).finish().subarray(1)),
);
verdict(
  "bufbuild: a view of embedded bytes, without a copy",
  () => new BinaryReader(REQUEST.subarray(1)).bytes().buffer === REQUEST.buffer,
);
verdict(
  "protobufjs: a view of embedded bytes, without a copy",
  () => protobufjs.Reader.create(REQUEST.subarray(1)).bytes().buffer === REQUEST.buffer,
);
print("");

measure("read sendToGroup: bufbuild", () => readWithBufbuild(REQUEST).group.length);
measure("read sendToGroup: protobufjs", () => readWithProtobufjs(REQUEST).group.length);
measure("read sendToGroup: Hubbub's codec", () => protobufCodec.decode(REQUEST).type.length);
measure("read sendToGroup: JSON.parse alone", () => JSON.parse(JSON_REQUEST).group.length);
measure("write data message: bufbuild", () => writeWithBufbuild(GROUP, TEXT).length);
measure("write data message: protobufjs", () => writeWithProtobufjs(GROUP, TEXT).length);
measure(
  "write data message: Hubbub's codec",
  () => protobufCodec.encodeMessage(MESSAGE).data.length,
);
measure(
  "write data message: JSON.stringify alone",
  () =>
    JSON.stringify({ type: "message", from: "group", group: GROUP, dataType: "text", data: TEXT })
      .length,
);
const shared: Frame = protobufCodec.encodeMessage(MESSAGE);
let sequenceId = 0;
measure(
  "add a sequence id: Hubbub's codec",
  () => protobufCodec.withSequenceId(shared, ++sequenceId).data.length,
);
print("");

for (
  const specifier of [
    "npm:@bufbuild/protobuf@2.17.0/wire",
    "npm:protobufjs@8.8.1/minimal.js",
    "npm:protobufjs@8.8.1",
    new URL("../src/protocol/protobuf.ts", import.meta.url).href,
  ]
) {
  const shown = specifier.startsWith("file:") ? "Hubbub's codec" : specifier;
  print(`import ${shown.padEnd(40)} ${(await importCost(specifier)).toFixed(1).padStart(6)} ms`);
}
