// Each transport's sockets, over the wire.
import { clientSocketContract } from "./client_socket.ts";

clientSocketContract("batching");

clientSocketContract("native", {
  "a text that is no UTF-8 is a violation, 1007": "the runtime closes such a client by itself",
  "a dropped socket ends without a close frame": "the runtime has no way to cut a socket",
});
