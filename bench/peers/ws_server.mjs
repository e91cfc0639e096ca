// deno-lint-ignore-file no-console -- its one line tells the port
// Peer of the fan-out bench: the npm package ws on Node, groups as sets.
import { createRequire } from "node:module";
// Found beside the copy that runs, so no import of this project.
const { WebSocketServer } = createRequire(import.meta.url)("ws");
const groups = new Map();
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("listening", () => console.log(JSON.stringify({ port: server.address().port })));
server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const frame = JSON.parse(data.toString());
    let members = groups.get(frame.group);
    if (frame.type === "joinGroup") {
      if (members === undefined) groups.set(frame.group, members = new Set());
      members.add(socket);
    } else if (members !== undefined) {
      const { group, dataType, data } = frame;
      const text = JSON.stringify({ type: "message", from: "group", group, dataType, data });
      for (const member of members) member.send(text);
    }
  });
});
