/** What the command line touches outside itself, handed in so that commands run in tests without a process. */
import { type Platform, systemPlatform } from "../platform.ts";

/** The process around a command. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether people read stdout. */
  readonly isTerminal: boolean;
  /** How the command is called here, for hints: `hubbub` or the task. */
  readonly command: string;
  readonly platform: Platform;
  /** Text of a file; throws when it cannot be read. */
  readFile(path: string): string;
  /** Writes to stdout; `text` brings its line end. */
  out(text: string): void;
  /** Writes to stderr; `text` brings its line end. */
  err(text: string): void;
  /** Calls `handler` for every request to stop, with the name of the signal. */
  onStop(handler: (signal: string) => void): void;
}

/** The real process. */
export function systemWorld(): World {
  return {
    env: Deno.env.toObject(),
    isTerminal: Deno.stdout.isTerminal(),
    command: Deno.build.standalone ? "hubbub" : "deno task start",
    platform: systemPlatform,
    readFile: (path) => Deno.readTextFileSync(path),
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
    onStop(handler) {
      // Windows knows no SIGTERM; Ctrl-Break is the nearest to it.
      const signals: Deno.Signal[] = Deno.build.os === "windows"
        ? ["SIGINT", "SIGBREAK"]
        : ["SIGINT", "SIGTERM"];
      for (const signal of signals) Deno.addSignalListener(signal, () => handler(signal));
    },
  };
}

/** One write may take only a part when the other end is a pipe. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
