// The three bodies of refused calls, byte by byte.
import assert from "node:assert/strict";
import {
  badParameter,
  badProperty,
  badRequest,
  REST_STATUS,
  RestError,
  type RestErrorCode,
} from "../../src/errors.ts";
import { refuse } from "../../src/rest/respond.ts";

const LONG_END = '"type":null,"title":"One or more validation errors occurred.","status":400,' +
  '"detail":null,"instance":null,"extensions":{}}';

const FORMS = [
  {
    what: "the service's own code",
    error: badRequest('Say "x".', "Request"),
    type: "application/json; charset=utf-8",
    tellsVersions: true,
    body: String
      .raw`{"code":"Error.BadRequest","message":"Say \"x\".","target":"Request","details":null,"inner":null}`,
  },
  {
    what: "the value of a parameter",
    error: badParameter("Invalid top.", "top"),
    type: "application/json; charset=utf-8",
    tellsVersions: false,
    body: '{"code":"Error.BadRequest","message":"Invalid top.","target":"top",' +
      `"errors":{"top":["Invalid top."]},${LONG_END}`,
  },
  {
    what: "a property of the body",
    error: badProperty("No.", "Groups"),
    type: "application/problem+json; charset=utf-8",
    tellsVersions: false,
    body: '{"code":"Error.BadRequest","message":"No.","target":"Groups",' +
      `"errors":{"Groups":["No."]},${LONG_END}`,
  },
];

for (const { what, error, type, tellsVersions, body } of FORMS) {
  Deno.test(`a refusal by ${what} has its media type and its members in order`, () => {
    const answer = refuse(error, "POST");
    assert.equal(answer.status, 400);
    assert.equal(answer.headers["content-type"], type);
    assert.equal(answer.headers["x-ms-error-code"], "Error.BadRequest");
    assert.equal("api-supported-versions" in answer.headers, tellsVersions);
    assert.equal(answer.body, body);
  });

  Deno.test(`a refusal by ${what} of a HEAD call has the headers only`, () => {
    const answer = refuse(error, "HEAD");
    assert.equal(answer.headers["x-ms-error-code"], "Error.BadRequest");
    assert.equal(answer.body, undefined);
  });
}

Deno.test("every code has the short body unless said otherwise, its status, and the code in a header", () => {
  for (const code of Object.keys(REST_STATUS) as RestErrorCode[]) {
    const answer = refuse(new RestError(code, "m", "t"), "PUT");
    assert.equal(answer.status, REST_STATUS[code]);
    assert.equal(answer.headers["x-ms-error-code"], code);
    assert.deepEqual(JSON.parse(answer.body ?? ""), {
      code,
      message: "m",
      target: "t",
      details: null,
      inner: null,
    });
  }
});
