// The page's script: the official browser client against Hubbub.
import { WebPubSubClient } from "@azure/web-pubsub-client";

const [join, say, messages, status] = ["join", "say", "messages", "status"]
  .map((id) => document.getElementById(id));

function add(text, className = "") {
  const item = document.createElement("li");
  item.textContent = text;
  item.className = className;
  messages.append(item);
}

let client;

join.addEventListener("submit", async (event) => {
  event.preventDefault();
  const user = join.elements.user.value;
  client = new WebPubSubClient({
    async getClientAccessUrl() {
      const response = await fetch(`/negotiate?user=${encodeURIComponent(user)}`);
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()).url;
    },
  });
  client.on("group-message", ({ message: { data: { from, text } } }) => {
    if (from === undefined) add(text, "note");
    else add(`${from}: ${text}`);
  });
  client.on("server-message", ({ message }) => status.textContent = message.data);
  client.on("connected", () => status.textContent = `Connected as ${user}`);
  client.on("disconnected", () => status.textContent = "Connection lost");
  await client.start();
  join.hidden = true;
  say.hidden = false;
});

say.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = say.elements.text;
  await client.sendEvent("say", field.value, "text");
  field.value = "";
});
