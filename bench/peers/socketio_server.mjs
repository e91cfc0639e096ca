// deno-lint-ignore-file no-console -- its one line tells the port
// Peer of the benches: the npm package socket.io on Node, groups as its rooms. WebSocket only, nothing compressed, and
// no heartbeat within a run, so that the bare clients need not answer any.
import { createServer } from "node:http";
import { createRequire } from "node:module";
// Found beside the copy that runs, so no import of this project.
const { Server } = createRequire(import.meta.url)("socket.io");
const DAY_MS = 24 * 3600 * 1000;
const http = createServer();
const server = new Server(http, {
  transports: ["websocket"],
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  pingInterval: DAY_MS,
  pingTimeout: DAY_MS,
});
server.on("connection", (socket) => {
  const { group } = socket.handshake.auth;
  if (group !== undefined) socket.join(group);
  socket.on("sendToGroup", ({ group, dataType, data }) => {
    server.to(group).emit("message", { from: "group", group, dataType, data });
  });
});
http.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
