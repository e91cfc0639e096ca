// One voice: whichever part writes a line, the same thing has the same name, and messages begin alike. The types hold it
// for fields that are written out at the call; this holds it for the words.
import assert from "node:assert/strict";
import { LOG_FIELDS } from "../../src/ports.ts";

function* sources(folder: URL): Iterable<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) yield* sources(new URL(`${entry.name}/`, folder));
    else if (entry.name.endsWith(".ts")) yield new URL(entry.name, folder);
  }
}

/** Every call of the log: its message, and its fields where they are written out. */
function logCalls(): { file: string; message: string; fields: string[] }[] {
  const calls = [];
  const call =
    /\b#?log\.(?:debug|info|warn|error)\(\s*(?:"([^"]*)"|`([^`]*)`)(?:,\s*\{((?:[^{}]|\{[^{}]*\})*)\})?/g;
  for (const file of sources(new URL("../../src/", import.meta.url))) {
    const code = Deno.readTextFileSync(file).replace(/^\s*(?:\*|\/\/).*$/gm, "");
    for (const [, plain, template, object = ""] of code.matchAll(call)) {
      const flat = object.replace(/"[^"]*"/g, "").replace(/\{[^{}]*\}|\([^()]*\)|\[[^[\]]*\]/g, "");
      const fields = flat.split(",").map((one) => one.split(":")[0]?.trim() ?? "")
        .filter((name) => /^\w+$/.test(name));
      calls.push({ file: file.pathname, message: plain ?? template ?? "", fields });
    }
  }
  return calls;
}

Deno.test("log lines have known fields only", () => {
  const known: ReadonlySet<string> = new Set(LOG_FIELDS);
  const calls = logCalls();
  assert.ok(calls.length > 20, String(calls.length));
  for (const { file, message, fields } of calls) {
    for (const name of fields) assert.ok(known.has(name), `${file}: "${message}" has "${name}"`);
  }
});

Deno.test("a message is a sentence: a capital letter first, no full stop, nothing put in", () => {
  for (const { file, message } of logCalls()) {
    assert.match(message, /^[A-Z][^${}]*[^.]$/, file);
  }
});

Deno.test("no field is listed twice, and none has the name of a secret", () => {
  assert.equal(new Set(LOG_FIELDS).size, LOG_FIELDS.length);
  for (const name of LOG_FIELDS) assert.doesNotMatch(name, /token|key|secret|password/i);
});
