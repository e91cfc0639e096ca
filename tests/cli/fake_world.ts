/** A process for commands under test: what they write is kept, and signals come when the test says so. */
import type { StartServer } from "../../src/cli/serve.ts";
import type { Config } from "../../src/config/schema.ts";
import type { World } from "../../src/cli/world.ts";
import { systemPlatform } from "../../src/platform.ts";

/** A world whose outputs can be read. */
export interface FakeWorld extends World {
  readonly output: { out: string; err: string };
  /** Something throws that nobody catches; tells whether the process goes on. */
  fault(error: unknown): boolean;
  /** Delivers a signal. */
  signal(name: string): void;
  /** Delays of timers that were set, with what they would run. */
  readonly timers: { readonly ms: number; readonly task: () => void }[];
  /** Says that something happened beside the watched file, and lets the change settle. */
  changeFile(): Promise<void>;
  /** Settles when the command waits for signals. */
  readonly ready: Promise<void>;
}

/** Makes a world; its clock stands at 1970 and its timers run only by hand. */
export function fakeWorld(
  given: { env?: Record<string, string>; isTerminal?: boolean; files?: Record<string, string> } =
    {},
): FakeWorld {
  const output = { out: "", err: "" };
  const timers: { ms: number; task: () => void }[] = [];
  /** Runs the timer that was set last. */
  const ring = () => timers.pop()?.task();
  const ready = Promise.withResolvers<void>();
  let watched = () => {};
  let fault: (error: unknown) => boolean = () => false;
  let handler: (signal: string) => void = () => {};
  return {
    env: given.env ?? {},
    isTerminal: given.isTerminal ?? false,
    command: "hubbub",
    platform: {
      ...systemPlatform,
      now: () => 0,
      after(ms, task) {
        const timer = { ms, task };
        timers.push(timer);
        return () => {
          if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
        };
      },
    },
    readFile(path) {
      const text = given.files?.[path];
      if (text === undefined) throw new Deno.errors.NotFound(path);
      return text;
    },
    isRegularFile: (path) => !path.startsWith("/dev/"),
    fileEvents(_path, onEvent) {
      watched = onEvent;
      return () => watched = () => {};
    },
    async changeFile() {
      watched();
      // One look sees the new text, the next one that it has stayed.
      ring();
      ring();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
    out: (text) => void (output.out += text),
    err: (text) => void (output.err += text),
    onStop(stop) {
      handler = stop;
      ready.resolve();
    },
    onFault: (onFault) => void (fault = onFault),
    fault: (error) => fault(error),
    output,
    signal: (name) => handler(name),
    timers,
    ready: ready.promise,
  };
}

/** A `startServer` that listens nowhere. `close` decides how stopping goes. */
export function fakeStart(close: () => Promise<void> = () => Promise.resolve()) {
  const seen: Parameters<StartServer>[0][] = [];
  const reloaded: Config[] = [];
  const start: StartServer = (options) => {
    seen.push(options);
    const endpoint = options.publicEndpoint ?? `http://${options.host}:${options.port}`;
    const accessKey = options.accessKeys.primary;
    const clientUrl = (hub: string) => `${endpoint.replace(/^http/, "ws")}/client/hubs/${hub}`;
    return Promise.resolve({
      endpoint,
      accessKey,
      connectionString: `Endpoint=${endpoint};AccessKey=${accessKey};Version=1.0;`,
      clientUrl,
      clientUrlTemplate: clientUrl("{hub}"),
      healthUrl: `${endpoint}/api/health`,
      close,
      reload: (config: Config) => void reloaded.push(config),
      [Symbol.asyncDispose]: close,
    });
  };
  return { start, seen, reloaded };
}
