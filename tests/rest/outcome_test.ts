// What the outcome of a verb means for its call.
import assert from "node:assert/strict";
import { RestError } from "../../src/errors.ts";
import type { Outcome } from "../../src/hub/verb.ts";
import { answerTo, type Concern, NO_CONCERN, whenKnown } from "../../src/rest/outcome.ts";

const SUCCESS = { status: 204 };
const services = { groupBound: { message: "too many groups" } };

function answer(outcome: Outcome | Promise<Outcome>, concern: Concern = { target: "User" }) {
  return answerTo(outcome, SUCCESS, concern, services);
}

for (
  const [outcome, status, code] of [
    ["conflict", 409, "Error.Connection.Conflict"],
    ["tooMany", 400, "Error.BadRequest"],
    ["full", 500, "Error.InternalServerError"],
    ["behind", 503, "Error.ServiceUnavailable"],
  ] as const
) {
  Deno.test(`${outcome} is ${status} ${code}, and blames what the call is about`, async () => {
    const isRight = (error: unknown) => {
      assert(error instanceof RestError);
      assert.deepEqual([error.status, error.code, error.target], [status, code, "User"]);
      return true;
    };
    assert.throws(() => answer(outcome), isRight);
    await assert.rejects(Promise.resolve(answer(Promise.resolve(outcome))), isRight);
  });
}

Deno.test("an outcome that is known is answered at once, a later one later", async () => {
  assert.equal(answer("done", NO_CONCERN), SUCCESS);
  const later = answer(Promise.resolve("done"), NO_CONCERN);
  assert(later instanceof Promise);
  assert.equal(await later, SUCCESS);
});

Deno.test("nobody there is a success, unless the call says how to refuse it", () => {
  assert.equal(answer("absent"), SUCCESS);
  const absent = { code: "Warning.User.NotExisted", id: "eve" } as const;
  assert.throws(() => answer("absent", { target: "User", absent }), {
    code: "Warning.User.NotExisted",
    message: "User `eve` is not found.",
    status: 404,
    target: "User",
  });
});

Deno.test("going on with a value that is there makes no promise", async () => {
  assert.equal(whenKnown(1, (value) => value + 1), 2);
  assert.equal(await whenKnown(Promise.resolve(1), (value) => value + 1), 2);
});
