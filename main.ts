import { run } from "./src/cli/run.ts";
import { systemWorld } from "./src/cli/world.ts";

Deno.exit(await run(Deno.args, systemWorld()));
