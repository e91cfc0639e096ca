/** Starts the chat and says where: `deno run -A examples/chat/main.ts`. */
import { startChat } from "./app.ts";

const chat = await startChat(Number(Deno.env.get("PORT") ?? 3000));
await Deno.stdout.write(new TextEncoder().encode(`Chat: open ${chat.url} in two tabs\n`));
Deno.addSignalListener("SIGINT", async () => {
  await chat[Symbol.asyncDispose]();
  Deno.exit(0);
});
