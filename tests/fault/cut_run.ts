/**
 * Official clients whose connections are cut at random bytes while they publish and receive, and the verdict over what
 * arrived. One run is bounded in cuts, messages and time; tests and the soak share it.
 */
import { WebPubSubClient, WebPubSubJsonReliableProtocol } from "@azure/web-pubsub-client";
import type { WebPubSubClientProtocol } from "@azure/web-pubsub-client";
import { startServer } from "../../src/server.ts";
import { ChaosProxy, type Cut } from "../support/chaos_proxy.ts";
import { QUIET } from "../support/fixture.ts";
import { History, type Verdict } from "../support/history.ts";
import { seededRandom } from "../support/random.ts";
import { clientUrl } from "../support/rest_client.ts";

const GROUP = "lab";

/**
 * Publishers wait when the slowest receiver has not got, or has not acknowledged, this many messages. The official
 * client acknowledges once a second, so an unhindered publisher would exceed the service's bound of 1000 by itself.
 */
const WINDOW = 150;

/** Messages per publisher where nothing is acknowledged: together they stay below that bound. */
const MOST_UNACKNOWLEDGED = 400;

/**
 * In older runtimes an HTTP client never hears that its connection broke before the answer was complete, and the
 * official client, which sits on it, waits forever: there, handshakes are left alone.
 */
const HANDSHAKE_SHARE = Deno.version.deno.startsWith("2.4.") ? 0 : 0.04;

/** What is run. */
export interface CutRunOptions {
  readonly seed: number;
  /** Cuts of receivers; those of publishers come on top. */
  readonly cuts: number;
  /** The run ends after this many milliseconds, complete or not. */
  readonly deadlineMs: number;
  readonly receivers?: number;
  readonly publishers?: number;
  /** Made once for each client; the official default when left out. */
  readonly protocol?: () => WebPubSubClientProtocol;
  /** Switches one of the two deduplications off: the run has to find duplicates then. */
  readonly without?: "ackIds" | "sequenceIds";
}

/** What came of it. */
export interface CutRunResult {
  readonly verdict: Verdict;
  /** Messages that were acknowledged to their publishers. */
  readonly published: number;
  readonly receiverCuts: number;
  readonly publisherCuts: number;
  /** Publishes that were answered `Duplicate`: the first try had arrived, its ack had not. */
  readonly duplicateAcks: number;
  /** Logical connections of all clients; more than clients means that a recovery was refused. */
  readonly connections: number;
  readonly clients: number;
  readonly ms: number;
}

/** Wakes whoever waits for any change. */
class Signal {
  #next = Promise.withResolvers<void>();

  wake(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  changed(): Promise<void> {
    return this.#next.promise;
  }
}

/** How far a receiver is behind with its acknowledgements. */
class Acknowledgements {
  readonly #signal: Signal;
  #sent = 0;
  seen = 0;

  constructor(signal: Signal) {
    this.#signal = signal;
  }

  acknowledged(sequenceId: number): void {
    this.#sent = sequenceId;
    this.#signal.wake();
  }

  get owed(): number {
    return this.seen - this.#sent;
  }
}

/** One run against a server of its own. */
export async function runCuts(options: CutRunOptions): Promise<CutRunResult> {
  await using server = await startServer(QUIET);
  const port = Number(new URL(server.endpoint).port);
  await using receiverProxy = new ChaosProxy(port);
  await using publisherProxy = new ChaosProxy(port);
  const random = seededRandom(options.seed);
  const started = Date.now();
  const history = new History();
  const signal = new Signal();
  const counts = { receiverCuts: 0, publisherCuts: 0, duplicateAcks: 0, connections: 0 };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    signal.wake();
  }, options.deadlineMs);

  const watches: Acknowledgements[] = [];
  const start = async (name: string, proxy: ChaosProxy, groups: string[]) => {
    const url = clientUrl(server, "chat", {
      sub: name,
      role: ["webpubsub.sendToGroup"],
      "webpubsub.group": groups,
    });
    const watch = new Acknowledgements(signal);
    watches.push(watch);
    const client = new WebPubSubClient(
      { getClientAccessUrl: () => Promise.resolve(proxy.through(url)) },
      {
        protocol: watched(options, watch),
        messageRetryOptions: { maxRetries: 10_000, retryDelayInMs: 10 },
        reconnectRetryOptions: { retryDelayInMs: 100 },
      },
    );
    const ready = new Promise<void>((resolve) =>
      client.on("connected", () => {
        counts.connections++;
        resolve();
      })
    );
    await client.start();
    await ready;
    return client;
  };

  const clients: WebPubSubClient[] = [];
  for (let i = 0; i < (options.receivers ?? 4); i++) {
    const name = `receiver ${i}`;
    history.addReceiver(name);
    const client = await start(name, receiverProxy, [GROUP]);
    client.on("group-message", ({ message }) => {
      const { publisher, number } = message.data as { publisher: string; number: number };
      history.deliver(name, publisher, number);
      signal.wake();
    });
    clients.push(client);
  }
  const publishers: WebPubSubClient[] = [];
  for (let i = 0; i < (options.publishers ?? 2); i++) {
    publishers.push(await start(`publisher ${i}`, publisherProxy, []));
  }
  clients.push(...publishers);

  receiverProxy.onCut = () => {
    counts.receiverCuts++;
    signal.wake();
  };
  publisherProxy.onCut = () => counts.publisherCuts++;
  const cutting = () => !late && counts.receiverCuts < options.cuts;
  const acknowledges = options.without !== "sequenceIds";
  receiverProxy.plan = () => cutting() ? planForReceiver(random, acknowledges) : undefined;
  publisherProxy.plan = () => cutting() ? planForPublisher(random) : undefined;
  // The clients came in before anything was planned: one cut of all puts every connection under a plan.
  receiverProxy.cutAll();
  publisherProxy.cutAll();

  const mustWait = (publisher: string, number: number) =>
    history.leastReceived(publisher) < number - WINDOW ||
    acknowledges && watches.some((watch) => watch.owed > WINDOW);
  let published = 0;
  const publish = async (client: WebPubSubClient, publisher: string) => {
    for (let number = 1; cutting(); number++) {
      if (!acknowledges && number > MOST_UNACKNOWLEDGED) return;
      while (!late && mustWait(publisher, number)) await signal.changed();
      if (late) return;
      const ackId = options.without === "ackIds" ? {} : { ackId: number };
      const { isDuplicated } = await client.sendToGroup(
        GROUP,
        { publisher, number },
        "json",
        ackId,
      );
      if (isDuplicated) counts.duplicateAcks++;
      history.accept(publisher, number);
      published++;
    }
  };
  const publishing = publishers.map((client, i) => publish(client, `publisher ${i}`));
  const deadline = async () => {
    while (!late) await signal.changed();
  };
  await Promise.race([Promise.all(publishing), deadline()]);
  const complete = async () => {
    while (!late && !history.complete) await signal.changed();
  };
  await complete();
  // A last cut of all: what is not acknowledged comes again, and has to be recognised.
  receiverProxy.cutAll();
  const last = publishers.map(async (client, i) => {
    // An id of its own: those below are taken, and the client's own count starts at 1 too.
    const ackId = { ackId: 1_000_000 };
    await client.sendToGroup(GROUP, { publisher: `last ${i}`, number: 1 }, "json", ackId);
    history.accept(`last ${i}`, 1);
    published++;
  });
  await Promise.race([Promise.all(last), deadline()]);
  await complete();
  clearTimeout(timer);
  for (const client of clients) client.stop();
  const verdict = history.verdict();
  return { ...counts, verdict, published, clients: clients.length, ms: Date.now() - started };
}

/** The protocol of a client with eyes on its acknowledgements; without sequence ids where the options say so. */
function watched(options: CutRunOptions, watch: Acknowledgements): WebPubSubClientProtocol {
  const protocol = (options.protocol ?? WebPubSubJsonReliableProtocol)();
  return {
    name: protocol.name,
    isReliableSubProtocol: protocol.isReliableSubProtocol,
    writeMessage(message) {
      if (message.kind === "sequenceAck") watch.acknowledged(message.sequenceId);
      return protocol.writeMessage(message);
    },
    parseMessages(input) {
      const parsed = protocol.parseMessages(input);
      if (parsed === null) return null;
      for (const message of Array.isArray(parsed) ? parsed : [parsed]) {
        if (message.kind !== "groupData") continue;
        if (options.without === "sequenceIds") delete message.sequenceId;
        watch.seen = Math.max(watch.seen, message.sequenceId ?? 0);
      }
      return parsed;
    },
  };
}

type Random = () => number;

/** Mostly inside the messages; sometimes inside an acknowledgement or the handshake (which costs the client 1 s). */
function planForReceiver(random: Random, acknowledges: boolean): Cut {
  const kind = random();
  if (kind < HANDSHAKE_SHARE) return handshakeCut(random);
  if (kind < 0.2 && acknowledges) return frameCut("up", 48, random);
  return frameCut("down", 4000, random);
}

/** As often in the messages as in their acks. */
function planForPublisher(random: Random): Cut {
  const kind = random();
  if (kind < HANDSHAKE_SHARE) return handshakeCut(random);
  return kind < 0.5 ? frameCut("up", 2000, random) : frameCut("down", 1500, random);
}

function handshakeCut(random: Random): Cut {
  const direction = random() < 0.5 ? "up" : "down";
  return { direction, bytes: Math.floor(random() * 120), afterHead: false, sides: "both" };
}

function frameCut(direction: Cut["direction"], most: number, random: Random): Cut {
  const bytes = Math.floor(random() * most);
  return { direction, bytes, afterHead: true, sides: random() < 0.25 ? "clientOnly" : "both" };
}
