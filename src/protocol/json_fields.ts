/** The members of a JSON frame, read one by one by the rules of the service. Members that nobody asks for are ignored. */
import { MAX_JSON_DEPTH, MAX_UINT64 } from "../limits.ts";
import type { Metadata, Payload } from "./command.ts";
import { describe, FrameError, kindOf, quote, wrong } from "./frame_error.ts";
import { payloadKind, type RequestType, requestType } from "./json_keywords.ts";
import { readPayload } from "./json_payload.ts";
import { JsonSource } from "./json_source.ts";
import {
  checkedEvent,
  checkedGroup,
  checkedMetadata,
  checkedTtl,
  payloadWithoutData,
  refuseStream,
} from "./request_rules.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * The members of one frame. Every method throws a {@linkcode FrameError} when its member breaks the protocol.
 *
 * ```ts
 * import { JsonFields } from "./json_fields.ts";
 * import assert from "node:assert/strict";
 * const fields = new JsonFields('{"type":"joinGroup","group":"lab","ackId":18446744073709551615}');
 * assert.equal(fields.type(), "joinGroup");
 * assert.equal(fields.group(), "lab");
 * assert.equal(fields.ackId(), 18446744073709551615n);
 * assert.throws(() => fields.event(), { name: "FrameError" });
 * ```
 */
export class JsonFields {
  readonly #members: Members;
  readonly #source: JsonSource;

  /** @throws FrameError when `text` is no JSON object or nests too deep. */
  constructor(text: string) {
    this.#source = new JsonSource(text);
    if (this.#source.tooDeep) {
      throw new FrameError(`Cannot read a frame: JSON may nest ${MAX_JSON_DEPTH} levels deep`);
    }
    this.#members = parseObject(text);
  }

  type(): RequestType {
    return requestType(this.#members.type);
  }

  group(): string {
    return checkedGroup(this.#members.group);
  }

  event(): string {
    return checkedEvent(this.#members.event);
  }

  /** `undefined` when the client wants no ack. */
  ackId(): bigint | undefined {
    return isAbsentOrNull(this.#members.ackId) ? undefined : this.#uint64("ackId");
  }

  sequenceId(): bigint {
    return this.#uint64("sequenceId");
  }

  noEcho(): boolean {
    const noEcho = this.#members.noEcho;
    if (noEcho === undefined) return false;
    if (typeof noEcho !== "boolean") throw wrong("noEcho", "true or false", describe(noEcho));
    return noEcho;
  }

  /** 0 when there is no limit. */
  ttlSeconds(): number {
    if (isAbsentOrNull(this.#members.ttlSeconds)) return 0;
    return checkedTtl("ttlSeconds", this.#uint64("ttlSeconds"));
  }

  payload(): Payload {
    const members = this.#members;
    const kind = payloadKind(members.dataType);
    const data = members.data;
    if (data !== undefined) return readPayload(kind, data, this.#source);
    // Metadata makes an empty text whatever the data type, and even when it is an empty object.
    return payloadWithoutData(!isAbsentOrNull(members.metadata));
  }

  metadata(): Metadata | undefined {
    const metadata = this.#members.metadata;
    if (isAbsentOrNull(metadata)) return undefined;
    if (typeof metadata !== "object" || Array.isArray(metadata)) {
      throw wrong("metadata", "an object", describe(metadata));
    }
    const text = this.#source.valueText("metadata") ?? "";
    return checkedMetadata(readPairs(metadata as Members, text));
  }

  refuseStream(): void {
    refuseStream(!isAbsentOrNull(this.#members.stream));
  }

  /** The literal decides, not the parsed number: `1.0` and `1e0` are no ids, and ids go beyond 2^53. */
  #uint64(name: string): bigint {
    const parsed = this.#members[name];
    const value = typeof parsed === "number" ? this.#source.uint64(name) : undefined;
    if (value !== undefined) return value;
    const current = describe(parsed, this.#source.valueText(name));
    throw wrong(name, `a plain integer from 0 to ${MAX_UINT64}`, current);
  }
}

function isAbsentOrNull(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function parseObject(text: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the payload, which must not reach a log.
    if (error instanceof SyntaxError) {
      throw new FrameError(
        `Cannot read a frame: it must be JSON, the current one of ${text.length} characters is not`,
      );
    }
    throw error;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FrameError(`Cannot read a frame: it must be a JSON object, not ${kindOf(value)}`);
  }
  return value as Members;
}

/**
 * The pairs of `metadata` in the order of its source `text`: parsed objects hide keys given twice, and put keys that
 * look like numbers first.
 */
function readPairs(metadata: Members, text: string): Map<string, string> {
  const source = new JsonSource(text);
  const pairs = new Map<string, string>();
  for (let i = 0; i < source.count; i++) {
    const key = source.key(i);
    const value = metadata[key];
    if (typeof value !== "string") {
      throw new FrameError(
        `Cannot read "metadata": the value of ${quote(key)} must be a string, not ${kindOf(value)}`,
      );
    }
    if (pairs.has(key)) {
      throw new FrameError(`Cannot read "metadata": the key ${quote(key)} is given twice`);
    }
    pairs.set(key, value);
  }
  return pairs;
}
