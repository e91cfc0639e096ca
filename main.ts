import { run } from "./src/cli/run.ts";
import { systemWorld } from "./src/cli/world.ts";

if (import.meta.main) Deno.exit(await run(Deno.args, systemWorld()));
