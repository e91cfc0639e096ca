import assert from "node:assert/strict";
import { RepeatedResponse } from "../../../src/transport/http/repeated_response.ts";
import {
  type HttpResponse,
  responseBytes,
  type ResponseSetting,
} from "../../../src/transport/http/response.ts";

const ACCEPTED: HttpResponse = { status: 202, headers: { "x-a": "1" }, body: undefined };
const SETTING: ResponseSetting = {
  method: "POST",
  connection: undefined,
  date: "Tue, 24 Nov 2026 09:30:00 GMT",
};

Deno.test("the same answer in the same second has the same bytes, made once", () => {
  const answers = new RepeatedResponse();
  const first = answers.bytes(ACCEPTED, SETTING);
  assert.deepEqual(first, responseBytes(ACCEPTED, SETTING));
  assert.equal(answers.bytes({ ...ACCEPTED }, { ...SETTING }), first);
});

Deno.test("whatever differs from the last answer is in the bytes of the next", () => {
  const answers = new RepeatedResponse();
  const others: readonly [Partial<HttpResponse>, Partial<ResponseSetting>][] = [
    [{ status: 204 }, {}],
    [{ headers: { "x-a": "2" } }, {}],
    [{ body: "text" }, {}],
    [{ body: "text" }, { method: "HEAD" }],
    [{}, { connection: "close" }],
    [{}, { connection: "keep-alive" }],
    [{}, { date: "Tue, 24 Nov 2026 09:30:01 GMT" }],
  ];
  for (const [response, setting] of others) {
    assert.deepEqual(answers.bytes(ACCEPTED, SETTING), responseBytes(ACCEPTED, SETTING));
    const other = [{ ...ACCEPTED, ...response }, { ...SETTING, ...setting }] as const;
    assert.deepEqual(answers.bytes(...other), responseBytes(...other));
  }
});

Deno.test("an answer that cannot be written leaves the last one as it is", () => {
  const answers = new RepeatedResponse();
  const first = answers.bytes(ACCEPTED, SETTING);
  const wrong = { ...ACCEPTED, headers: { "x-a": "1\r\nx-b: 2" } };
  assert.throws(() => answers.bytes(wrong, SETTING), /Cannot answer with header "x-a"/);
  assert.equal(answers.bytes(ACCEPTED, SETTING), first);
  assert.throws(() => answers.bytes(wrong, SETTING), /Cannot answer with header "x-a"/);
});
