/** How clients of the peers join a group and publish: each in its own protocol, the least that one can do. */
import type { Door } from "../load/client.ts";
import type { FanoutJob } from "../load/fanout_load.ts";
import type { Peer } from "./peers.ts";

/** Payload of every message: 100 bytes. */
export const TEXT = "x".repeat(100);

/** A protocol of peers. */
interface Protocol {
  /** Where a member comes in and joins. */
  member(port: number, group: string): Door;
  publisher(port: number): Door;
  /** One publish. */
  publish(group: string): string;
}

/** Members of a group that nobody else is in, and their publisher. */
export function peerJob(peer: Peer, group: string, members: number): FanoutJob {
  const { member, publisher, publish } = protocolOf(peer);
  return {
    member: member(peer.port, group),
    publisher: publisher(peer.port),
    members,
    publish: publish(group),
  };
}

/** Where members of a group come in; `group` may hold `$ID`, see `OpenJob`. */
export function peerDoor(peer: Peer, group: string): Door {
  return protocolOf(peer).member(peer.port, group);
}

function protocolOf({ name }: Peer): Protocol {
  if (name === "nats-server") return nats;
  return name === "socket.io on node" ? socketIo : plain;
}

/** Servers of our own, without tokens, roles and acks. */
const plain: Protocol = {
  member: (port, group) => ({
    port,
    path: "/",
    opening: [`{"type":"joinGroup","group":"${group}"}`],
    greeting: 0,
  }),
  publisher: (port) => ({ port, path: "/", greeting: 0 }),
  publish: (group) =>
    `{"type":"sendToGroup","group":"${group}","dataType":"text","data":"${TEXT}"}`,
};

/**
 * Engine.IO 4 over a WebSocket of its own: each text begins with a digit for the kind of packet, `4` for messages, and
 * messages of Socket.IO with one of their own, `0` to connect and `2` for events. The server greets twice, for either.
 */
const socketIo: Protocol = {
  member: (port, group) => socketIoDoor(port, `40{"group":"${group}"}`),
  publisher: (port) => socketIoDoor(port, "40"),
  publish: (group) => `42["sendToGroup",{"group":"${group}","dataType":"text","data":"${TEXT}"}]`,
};

function socketIoDoor(port: number, connect: string): Door {
  return { port, path: "/socket.io/?EIO=4&transport=websocket", opening: [connect], greeting: 2 };
}

const NATS_CONNECT = 'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\n';

const nats: Protocol = {
  member: (port, group) => ({
    ...natsDoor(port, `${NATS_CONNECT}SUB ${group} 1\r\n`),
    // One frame holds many messages, so members count bytes.
    bytesPerMessage: `MSG ${group} 1 ${TEXT.length}\r\n${TEXT}\r\n`.length,
  }),
  publisher: (port) => natsDoor(port, NATS_CONNECT),
  publish: (group) => `PUB ${group} ${TEXT.length}\r\n${TEXT}\r\n`,
};

function natsDoor(port: number, connect: string): Door {
  return { port, path: "/", opening: [connect], greeting: 1, binary: true };
}
