// deno-lint-ignore-file no-console -- its one line tells the port
// Peer of the fan-out bench: Bun's native publish.
// @ts-nocheck: runs on Bun, whose types are no dependency of this project
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, server) =>
    server.upgrade(request) ? undefined : new Response("no", { status: 400 }),
  websocket: {
    message(socket, text) {
      const frame = JSON.parse(text);
      if (frame.type === "joinGroup") socket.subscribe(frame.group);
      else {
        const { group, dataType, data } = frame;
        const out = JSON.stringify({ type: "message", from: "group", group, dataType, data });
        server.publish(group, out);
      }
    },
  },
});
console.log(JSON.stringify({ port: server.port }));
