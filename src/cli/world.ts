/** What the command line touches outside itself, handed in so that commands run in tests without a process. */
import { dirname } from "node:path";
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
  /** Whether `path` is a file that can be read again: a pipe is empty by then, or would be waited for. */
  isRegularFile(path: string): boolean;
  /** Calls `onEvent` when something happens beside the file at `path`, if the file system tells; the result stops it. */
  fileEvents(path: string, onEvent: () => void): () => void;
  /** Writes to stdout; `text` brings its line end. */
  out(text: string): void;
  /** Writes to stderr; `text` brings its line end. */
  err(text: string): void;
  /** Calls `handler` for every request to stop, with the name of the signal. */
  onStop(handler: (signal: string) => void): void;
  /** Calls `handler` with each uncaught error; the process goes on when it returns true. */
  onFault(handler: (error: unknown) => boolean): void;
}

/** The real process. */
export function systemWorld(): World {
  return {
    env: Deno.env.toObject(),
    isTerminal: Deno.stdout.isTerminal(),
    command: Deno.build.standalone ? "hubbub" : "deno task start",
    platform: systemPlatform,
    readFile: (path) => Deno.readTextFileSync(path),
    isRegularFile,
    fileEvents,
    out: (text) => writeAll(Deno.stdout, text),
    err(text) {
      try {
        writeAll(Deno.stderr, text);
      } catch {
        // Whoever read stderr is gone: there is nowhere left to say so, and a stop must still run to its end.
      }
    },
    onStop(handler) {
      // Windows knows no SIGTERM; Ctrl-Break is the nearest to it.
      const signals: Deno.Signal[] = Deno.build.os === "windows"
        ? ["SIGINT", "SIGBREAK"]
        : ["SIGINT", "SIGTERM"];
      for (const signal of signals) Deno.addSignalListener(signal, () => handler(signal));
    },
    onFault(handler) {
      addEventListener("error", (event) => {
        if (handler(event.error)) event.preventDefault();
      });
      addEventListener("unhandledrejection", (event) => {
        if (handler(event.reason)) event.preventDefault();
      });
    },
  };
}

function isRegularFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Watches the folder: most editors put a new file in the place of the old one, and containers swap a symbolic link
 * beside it. Whoever needs to know whether the file itself has changed looks at it.
 */
function fileEvents(path: string, onEvent: () => void): () => void {
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(dirname(path), { recursive: false });
  } catch {
    // No watches left, or a file system without events: the caller looks by itself from time to time.
    return () => {};
  }
  const watch = async () => {
    try {
      for await (const { kind } of watcher) {
        // A look is an access: its own event must not cause the next one.
        if (kind !== "access") onEvent();
      }
    } catch {
      // Likewise.
    }
  };
  void watch();
  return () => watcher.close();
}

/** One write may take only a part when the other end is a pipe. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
