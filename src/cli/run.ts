/** From arguments to an exit code. What only one command needs is imported when that command runs. */
import { parseCommand } from "./args.ts";
import { EXIT } from "./exit.ts";
import type { World } from "./world.ts";

/** Runs the command that `args` ask for; the result is the exit code. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const parsed = parseCommand(args);
  if (!parsed.ok) {
    world.err(`hubbub: ${parsed.message}\n`);
    return EXIT.usage;
  }
  const { command } = parsed;
  switch (command.name) {
    case "serve": {
      const { serve } = await import("./serve.ts");
      return await serve(command.flags, command.json, world);
    }
    case "token": {
      const { token } = await import("./token.ts");
      return await token(command.flags, command, world);
    }
    case "check-handler": {
      const { checkHandlerByHand } = await import("./check_handler.ts");
      return await checkHandlerByHand(command.flags, command.url, command.hub, world);
    }
    case "key": {
      const { randomKey } = await import("./key.ts");
      world.out(`${randomKey(world.platform)}\n`);
      return EXIT.ok;
    }
    case "help": {
      const { helpText } = await import("./help.ts");
      world.out(helpText());
      return EXIT.ok;
    }
    case "version": {
      const { default: project } = await import("../../deno.json", { with: { type: "json" } });
      world.out(`hubbub ${project.version} (deno ${Deno.version.deno})\n`);
      return EXIT.ok;
    }
  }
}
