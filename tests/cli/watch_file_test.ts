// When a configuration file counts as changed, on a clock of the test's own.
import assert from "node:assert/strict";
import { watchFile } from "../../src/cli/watch_file.ts";
import { CONFIG_POLL_MS, CONFIG_SETTLE_MS } from "../../src/limits.ts";
import { FakePlatform } from "../support/fake_platform.ts";

/** A watched file whose text and events the test makes. `text` undefined: it cannot be read. */
function watched(text: string) {
  const platform = new FakePlatform();
  const file = { text: text as string | undefined, looks: 0 };
  const changes: (string | undefined)[] = [];
  let onEvent: (() => void) | undefined;
  const stop = watchFile(
    {
      read() {
        file.looks++;
        if (file.text === undefined) throw new Deno.errors.NotFound("gone");
        return file.text;
      },
      events(listener) {
        onEvent = listener;
        return () => onEvent = undefined;
      },
    },
    text,
    platform,
    () => changes.push(file.text),
  );
  return { platform, file, changes, stop, event: () => onEvent?.() };
}

const ONE_CHANGE_MS = CONFIG_POLL_MS + CONFIG_SETTLE_MS;

Deno.test("without any event a change is seen within one poll, once", async () => {
  const { platform, file, changes } = watched("old");
  file.text = "new";
  await platform.advance(ONE_CHANGE_MS);
  assert.deepEqual(changes, ["new"]);
  await platform.advance(10 * CONFIG_POLL_MS);
  assert.deepEqual(changes, ["new"]);
});

Deno.test("an event brings the look forward, and the poll behind it sees no second change", async () => {
  const { platform, file, changes, event } = watched("old");
  file.text = "new";
  event();
  await platform.advance(2 * CONFIG_SETTLE_MS);
  assert.deepEqual(changes, ["new"]);
  event();
  await platform.advance(10 * CONFIG_POLL_MS);
  assert.deepEqual(changes, ["new"]);
});

Deno.test("a change of the same length, in the same second, is a change", async () => {
  const { platform, file, changes } = watched('{"port":1}');
  file.text = '{"port":2}';
  await platform.advance(ONE_CHANGE_MS);
  assert.deepEqual(changes, ['{"port":2}']);
});

Deno.test("a file that is still being written is left alone until it stays the same", async () => {
  const { platform, file, changes, event } = watched("old");
  for (const part of ["{", '{"a"', '{"a":', '{"a":1}']) {
    file.text = part;
    event();
    await platform.advance(CONFIG_SETTLE_MS);
    assert.deepEqual(changes, []);
  }
  await platform.advance(CONFIG_SETTLE_MS);
  assert.deepEqual(changes, ['{"a":1}']);
});

Deno.test("emptied and written again with the same text: nothing has changed", async () => {
  const { platform, file, changes, event } = watched("old");
  file.text = "";
  event();
  await platform.advance(CONFIG_SETTLE_MS);
  file.text = "old";
  await platform.advance(10 * CONFIG_POLL_MS);
  assert.deepEqual(changes, []);
});

Deno.test("events without end in the same folder do not put the look off, nor make it frequent", async () => {
  const { platform, file, changes, event } = watched("old");
  file.text = "new";
  const step = CONFIG_SETTLE_MS / 10;
  for (let i = 0; i < 30; i++) {
    event();
    await platform.advance(step);
  }
  assert.deepEqual(changes, ["new"]);
  assert.ok(file.looks <= 3, `${file.looks} looks in three settle times`);
});

Deno.test("a file that disappears has changed once, and once more when it is back with another text", async () => {
  const { platform, file, changes } = watched("old");
  file.text = undefined;
  await platform.advance(10 * CONFIG_POLL_MS);
  file.text = "new";
  await platform.advance(10 * CONFIG_POLL_MS);
  assert.deepEqual(changes, [undefined, "new"]);
});

Deno.test("a file that is away for a moment while another takes its place has changed once", async () => {
  const { platform, file, changes, event } = watched("old");
  file.text = undefined;
  event();
  await platform.advance(CONFIG_SETTLE_MS);
  file.text = "new";
  await platform.advance(ONE_CHANGE_MS);
  assert.deepEqual(changes, ["new"]);
});

Deno.test("a stopped watch looks no more", async () => {
  const { platform, file, changes, stop, event } = watched("old");
  stop();
  file.text = "new";
  event();
  await platform.advance(10 * CONFIG_POLL_MS);
  assert.deepEqual([changes, file.looks], [[], 0]);
});
