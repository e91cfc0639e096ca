// One line an entry, levels, and no secret in any of them.
import assert from "node:assert/strict";
import { createLog, type LogFormat, type LogLevel } from "../../src/observe/log.ts";
import type { LogFields } from "../../src/ports.ts";

const KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

function logInto(level: LogLevel, format: LogFormat) {
  const lines: string[] = [];
  const log = createLog({
    level,
    format,
    secrets: [KEY],
    now: () => 0,
    write: (l) => lines.push(l),
  });
  return { log, lines };
}

Deno.test("a level writes itself and what is more urgent", () => {
  const written = (level: LogLevel) => {
    const { log, lines } = logInto(level, "json");
    log.debug("m");
    log.info("m");
    log.warn("m");
    log.error("m");
    return lines.map((line) => JSON.parse(line).level);
  };
  assert.deepEqual(written("debug"), ["debug", "info", "warn", "error"]);
  assert.deepEqual(written("info"), ["info", "warn", "error"]);
  assert.deepEqual(written("warn"), ["warn", "error"]);
  assert.deepEqual(written("error"), ["error"]);
  assert.deepEqual(written("off"), []);
});

/** Fields that no part of the server writes: the log has to withstand them nevertheless. */
function foreign(fields: Record<string, string | number | boolean>): LogFields {
  return fields as LogFields;
}

Deno.test("a JSON line is one object with time, level, message and the fields", () => {
  const { log, lines } = logInto("info", "json");
  log.warn("Handler failed", { hub: "chat", status: 500, fix: undefined });
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    message: "Handler failed",
    hub: "chat",
    status: 500,
  });
});

Deno.test("a field cannot take the place of time, level or message", () => {
  const { log, lines } = logInto("info", "json");
  log.info("real", foreign({ message: "false", level: "false", time: 1 }));
  const entry = JSON.parse(lines[0] ?? "");
  assert.equal(entry.message, "real");
  assert.equal(entry.level, "info");
  assert.equal(entry.message_, "false");
});

Deno.test("in text, a value with spaces, quotes or nothing in it is quoted", () => {
  const { log, lines } = logInto("info", "text");
  log.info(
    "m",
    foreign({ a: "x y", b: 'q"', c: "", d: "a=b", e: 1.5, f: false, g: "plain-1/2" }),
  );
  assert.equal(
    lines[0],
    '1970-01-01T00:00:00.000Z INFO  m a="x y" b="q\\"" c="" d="a=b" e=1.5 f=false g=plain-1/2',
  );
});

Deno.test("nothing from outside ends a line or reaches the terminal as a command", () => {
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logInto("info", format);
    const hostile = "x\r\n1970 ERROR forged\u001b[2J\u009b31m\u2028\u202e";
    log.info(hostile, { url: hostile });
    assert.equal(lines.length, 1);
    assert.ok(!/[\p{Cc}\u2028\u202e]/u.test(lines[0] ?? ""), lines[0]);
    if (format === "json") assert.equal(JSON.parse(lines[0] ?? "").url, hostile);
  }
});

Deno.test("neither a token nor a key survives in a message, a field or a field of a secret's name", () => {
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logInto("debug", format);
    for (const write of [log.debug, log.info, log.warn, log.error]) {
      write(`Refused /client/hubs/chat?access_token=${JWT}`, {
        url: `ws://a/?access_token=${JWT}`,
      });
      write(
        `Authorization: Bearer ${JWT}`,
        foreign({ error: `bad token ${JWT}`, accessKey: "opaque-one" }),
      );
      write(`AccessKey=${KEY}`, { found: `x${KEY}x`, url: "http://a/?code=opaque-two" });
    }
    assert.equal(lines.length, 12);
    const all = lines.join("\n");
    for (const secret of [JWT, ...JWT.split("."), KEY, "opaque-one", "opaque-two"]) {
      assert.ok(!all.includes(secret), `${secret} in ${all}`);
    }
  }
});
