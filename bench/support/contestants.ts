/** Every server of the fan-out bench with the way to join its group and to publish. */
import type { FanoutJob } from "../load/fanout_load.ts";
import type { Door } from "../load/client.ts";
import { clientPath, startHubbub, type Transport, TRANSPORTS } from "./hubbub.ts";
import { type PeerOutcome, startPeers } from "./peers.ts";
import type { Child } from "./process.ts";
import { say } from "./report.ts";

/** Payload of every message: 100 bytes. */
const TEXT = "x".repeat(100);
const JSON_PROTOCOL = "json.webpubsub.azure.v1";

/** How the members speak. */
export type Speech = "json" | "reliable" | "protobuf" | "raw";

/** A server under load. */
export interface Contestant {
  readonly name: string;
  readonly process: Child;
  /** Members of a group that nobody else is in, and their publisher. */
  job(group: string, members: number): FanoutJob;
}

/** A Hubbub, whose members may speak in several ways. */
export interface HubbubContestant extends Contestant {
  readonly transport: Transport;
  jobOf(speech: Speech, group: string, members: number): FanoutJob;
}

/** Starts Hubbub with each transport. */
export async function startHubbubs(): Promise<HubbubContestant[]> {
  const started: HubbubContestant[] = [];
  for (const transport of TRANSPORTS) {
    const { process, port } = await startHubbub(transport);
    const jobOf = (speech: Speech, group: string, members: number) =>
      hubbubJob(port, speech, group, members);
    const job = (group: string, members: number) => jobOf("json", group, members);
    started.push({ name: `hubbub ${transport}`, transport, process, job, jobOf });
  }
  return started;
}

/** Starts the peers that can be had; says which cannot. */
export async function startOthers(): Promise<Contestant[]> {
  const started: Contestant[] = [];
  for (const outcome of await startPeers()) {
    if ("reason" in outcome) say(`left out: ${outcome.name}: ${outcome.reason}`);
    else started.push(contestantOf(outcome));
  }
  return started;
}

function contestantOf(peer: Exclude<PeerOutcome, { reason: string }>): Contestant {
  const { name, process, port } = peer;
  const jobs = name === "nats-server" ? natsJob : plainJob;
  return { name, process, job: (group, members) => jobs(port, group, members) };
}

const PROTOCOLS: Readonly<Record<Speech, string | undefined>> = {
  json: JSON_PROTOCOL,
  reliable: "json.reliable.webpubsub.azure.v1",
  protobuf: "protobuf.webpubsub.azure.v1",
  raw: undefined,
};

/** Members come with a token that puts them into the group; the publisher asks for acks. */
export function hubbubJob(port: number, speech: Speech, group: string, members: number): FanoutJob {
  const member: Door = {
    port,
    path: clientPath(port, { "webpubsub.group": [group] }),
    protocol: PROTOCOLS[speech],
    greeting: speech === "raw" ? 0 : 1,
  };
  const publisher: Door = {
    port,
    path: clientPath(port, { role: [`webpubsub.sendToGroup.${group}`] }),
    protocol: JSON_PROTOCOL,
    greeting: 1,
  };
  return {
    member,
    publisher,
    members,
    memberHello: [],
    publisherHello: [],
    publish: `{"type":"sendToGroup","group":"${group}","ackId":$ID,"dataType":"text",` +
      `"data":"${TEXT}"}`,
    ...(speech === "reliable" && { acknowledgeEvery: 300 }),
  };
}

/** Servers without tokens, roles and acks: the least that one can do. */
function plainJob(port: number, group: string, members: number): FanoutJob {
  const door: Door = { port, path: "/", greeting: 0 };
  return {
    member: door,
    publisher: door,
    members,
    memberHello: [`{"type":"joinGroup","group":"${group}"}`],
    publisherHello: [],
    publish: `{"type":"sendToGroup","group":"${group}","dataType":"text","data":"${TEXT}"}`,
  };
}

function natsJob(port: number, group: string, members: number): FanoutJob {
  // One frame holds many messages, so members count bytes.
  const message = `MSG ${group} 1 ${TEXT.length}\r\n${TEXT}\r\n`;
  const door: Door = { port, path: "/", greeting: 1, binary: true };
  const connect = 'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\n';
  return {
    member: { ...door, bytesPerMessage: message.length },
    publisher: door,
    members,
    memberHello: [`${connect}SUB ${group} 1\r\n`],
    publisherHello: [connect],
    publish: `PUB ${group} ${TEXT.length}\r\n${TEXT}\r\n`,
  };
}
