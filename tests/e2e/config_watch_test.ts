// The configuration file of a running server, changed in the ways of editors, scripts and containers.
import assert from "node:assert/strict";
import { join } from "node:path";
import { watchFile } from "../../src/cli/watch_file.ts";
import { systemWorld } from "../../src/cli/world.ts";
import { Inbox } from "../support/fixture.ts";

/** Watches a file of the real file system; `silent`: as where no events are sent. */
function watchReal(path: string, silent: boolean) {
  const world = systemWorld();
  const seen = new Inbox<string>();
  const events = silent ? () => () => {} : (onEvent: () => void) => world.fileEvents(path, onEvent);
  const read = () => world.readFile(path);
  const stop = watchFile({ read, events }, read(), world.platform, () => seen.add(read()));
  return { seen, [Symbol.dispose]: stop };
}

for (const silent of [false, true]) {
  const how = silent ? "without events" : "with events";

  Deno.test(`${how}: written in place, replaced by rename`, async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "hubbub.json");
    await Deno.writeTextFile(path, "one");
    {
      using watch = watchReal(path, silent);
      await Deno.writeTextFile(path, "two");
      assert.equal(await watch.seen.next(), "two");
      await Deno.writeTextFile(join(folder, "new"), "three");
      await Deno.rename(join(folder, "new"), path);
      assert.equal(await watch.seen.next(), "three");
      assert.equal(watch.seen.length, 0);
    }
    await Deno.remove(folder, { recursive: true });
  });

  Deno.test({
    name: `${how}: a mounted ConfigMap, whose folder is swapped by a symbolic link`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const folder = await Deno.makeTempDir();
      const version = async (name: string, text: string) => {
        await Deno.mkdir(join(folder, name));
        await Deno.writeTextFile(join(folder, name, "hubbub.json"), text);
        await Deno.symlink(name, join(folder, "..data_tmp"));
        await Deno.rename(join(folder, "..data_tmp"), join(folder, "..data"));
      };
      await version("..v1", "one");
      const path = join(folder, "hubbub.json");
      await Deno.symlink(join("..data", "hubbub.json"), path);
      {
        using watch = watchReal(path, silent);
        await version("..v2", "two");
        assert.equal(await watch.seen.next(), "two");
        assert.equal(watch.seen.length, 0);
      }
      await Deno.remove(folder, { recursive: true });
    },
  });
}
