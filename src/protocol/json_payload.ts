/** The content of a message in a JSON frame: the member `data`, which `dataType` says how to read. */
import { decodeAny } from "./any.ts";
import { fromBase64 } from "./base64.ts";
import type { Payload } from "./command.ts";
import { FrameError, kindOf } from "./frame_error.ts";
import type { JsonSource } from "./json_source.ts";

/**
 * Reads `data`, the parsed member of that name, as a payload of `kind`. JSON is taken from the frame's `source`, so
 * that numbers keep their digits and members their order.
 *
 * @throws FrameError when `data` is nothing of that kind.
 */
export function readPayload(kind: Payload["kind"], data: unknown, source: JsonSource): Payload {
  if (kind === "json") {
    const text = data === null ? undefined : source.valueText("data");
    if (text === undefined) throw new FrameError('Cannot read "data": it must not be null');
    return { kind, text };
  }
  if (typeof data !== "string") {
    throw new FrameError(
      `Cannot read "data": dataType "${kind}" takes a string, not ${kindOf(data)}`,
    );
  }
  if (kind === "text") return { kind, text: data };
  const bytes = fromBase64(data);
  if (bytes === undefined) {
    throw new FrameError(`Cannot read "data": dataType "${kind}" takes standard padded base64`);
  }
  if (kind === "protobuf" && decodeAny(bytes) === undefined) {
    throw new FrameError('Cannot read "data": it must be a serialised google.protobuf.Any');
  }
  return { kind, bytes };
}
