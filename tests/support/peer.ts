/**
 * Programs of other languages that tests run beside the server. Where one is missing, its tests are skipped and say how
 * to get it. In CI they fail instead: `.ci/run` installs every one of them, so a missing one is a broken installation.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Longest run of a program, in milliseconds; one that takes longer has failed. */
const DEADLINE_MS = 120_000;

interface Peer {
  /** The command that installs it. */
  readonly install: string;
  isThere(): boolean;
}

/** Where Maven puts the libraries of the programs in Java. */
export const JAVA_LIBRARIES = fileURLToPath(
  new URL("../e2e/java/target/dependency", import.meta.url),
);
const GO_PROGRAM = fileURLToPath(new URL("../e2e/go", import.meta.url));

const PEERS = {
  "chromium": { install: "apt-get install chromium", isThere: () => isOnPath("chromium") },
  "curl": { install: "apt-get install curl", isThere: curlKnowsHttp2 },
  "java": { install: "apt-get install default-jdk-headless", isThere: () => isOnPath("javac") },
  "azure-messaging-webpubsub": {
    install: "apt-get install default-jdk-headless maven, then " +
      "mvn -f tests/e2e/java/pom.xml dependency:copy-dependencies",
    isThere: () => isOnPath("javac") && existsSync(JAVA_LIBRARIES),
  },
  "github.com/coder/websocket": {
    install: "Go 1.23, then go mod download in tests/e2e/go",
    // Asks for the sources of all packages, without the network.
    isThere: () => succeeds("go", ["-C", GO_PROGRAM, "list", "-deps", "."], { GOPROXY: "off" }),
  },
  "azure-messaging-webpubsubservice": python("azure-messaging-webpubsubservice"),
  "azure-messaging-webpubsubclient": python("azure-messaging-webpubsubclient"),
  "websockets": python("websockets"),
  "aiohttp": python("aiohttp"),
  "kosoku": python("kosoku"),
} as const satisfies Record<string, Peer>;

/** What tests may need. */
export type PeerName = keyof typeof PEERS;

/**
 * A test that needs `peer`.
 *
 * @example
 * ```ts ignore
 * peerTest("curl", "curl gets its answer", async () => {
 *   assert.equal(await run("curl", ["-s", url]), "hello");
 * });
 * ```
 */
export function peerTest(peer: PeerName, name: string, fn: () => Promise<void>): void {
  const { install, isThere } = PEERS[peer];
  Deno.test(testOf({ peer, install, isThere: isThere(), inCi: isCi(), name, fn }));
}

/** What becomes of a test: it runs, is skipped with the reason in its name, or fails in CI. */
export function testOf({ peer, install, isThere, inCi, name, fn }: {
  readonly peer: string;
  readonly install: string;
  readonly isThere: boolean;
  readonly inCi: boolean;
  readonly name: string;
  readonly fn: () => Promise<void>;
}): { name: string; ignore: boolean; fn: () => Promise<void> } {
  if (isThere) return { name, ignore: false, fn };
  const missing = `${peer} is missing: ${install}`;
  if (!inCi) return { name: `${name} (skipped, ${missing})`, ignore: true, fn };
  return { name, ignore: false, fn: () => Promise.reject(new Error(missing)) };
}

/** Runs a program to its end and gives what it printed; throws with all its output when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    // A proxy of the environment is not for the loopback address.
    env: {
      NO_PROXY: "localhost,127.0.0.1",
      no_proxy: "localhost,127.0.0.1",
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).output();
  const decoder = new TextDecoder();
  const printed = decoder.decode(stdout);
  if (!success) throw new Error(`${command} failed: ${printed}${decoder.decode(stderr)}`);
  return printed;
}

function isCi(): boolean {
  return Deno.env.get("CI") === "true";
}

function isOnPath(name: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => existsSync(join(folder, name)));
}

function succeeds(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): boolean {
  return output(command, args, env) !== undefined;
}

/** What a command prints, or `undefined` when it fails or is not there. */
function output(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string | undefined {
  try {
    const { success, stdout } = new Deno.Command(command, { args: [...args], env }).outputSync();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function curlKnowsHttp2(): boolean {
  return output("curl", ["--version"])?.includes("HTTP2") ?? false;
}

let distributions: ReadonlySet<string> | undefined;

/** A package of `tests/e2e/python/requirements.txt`. */
function python(distribution: string): Peer {
  return {
    install: "python3 -m pip install -r tests/e2e/python/requirements.txt",
    isThere() {
      const list = "import importlib.metadata as m\nfor d in m.distributions(): print(d.name)";
      distributions ??= new Set(output("python3", ["-c", list])?.split("\n"));
      return distributions.has(distribution);
    },
  };
}
