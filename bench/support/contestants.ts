/** Every server of the fan-out bench with the way to join its group and to publish. */
import type { FanoutJob } from "../load/fanout_load.ts";
import type { Door } from "../load/client.ts";
import { clientPath, JSON_PROTOCOL, startHubbub, TRANSPORTS } from "./hubbub.ts";
import { peerJob, TEXT } from "./peer_jobs.ts";
import { startRunnablePeers } from "./peers.ts";
import type { Child } from "./process.ts";

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
  jobOf(speech: Speech, group: string, members: number): FanoutJob;
}

/** Starts Hubbub with each transport. */
export function startHubbubs(): Promise<HubbubContestant[]> {
  return Promise.all(TRANSPORTS.map(async (transport) => {
    const { process, port } = await startHubbub(transport);
    const jobOf = (speech: Speech, group: string, members: number) =>
      hubbubJob(port, speech, group, members);
    const job = (group: string, members: number) => jobOf("json", group, members);
    return { name: `hubbub ${transport}`, process, job, jobOf };
  }));
}

/** Starts the peers that can be had; says which cannot. */
export async function startOthers(): Promise<Contestant[]> {
  return (await startRunnablePeers()).map((peer) => ({
    name: peer.name,
    process: peer.process,
    job: (group, members) => peerJob(peer, group, members),
  }));
}

const PROTOCOLS: Readonly<Record<Speech, string | undefined>> = {
  json: JSON_PROTOCOL,
  reliable: "json.reliable.webpubsub.azure.v1",
  protobuf: "protobuf.webpubsub.azure.v1",
  raw: undefined,
};

/** Members come with a token that puts them into the group; the publisher asks for acks. */
function hubbubJob(port: number, speech: Speech, group: string, members: number): FanoutJob {
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
    publish: `{"type":"sendToGroup","group":"${group}","ackId":$ID,"dataType":"text",` +
      `"data":"${TEXT}"}`,
    ...(speech === "reliable" && { acknowledgeEvery: 300 }),
  };
}
