/** Loads configurations from texts in memory. */
import { loadConfig } from "../../src/config/load.ts";
import { describeProblem } from "../../src/config/problem.ts";

/** Where a test's configuration comes from; an object as `file` is written as JSON. */
export interface Given {
  readonly file?: unknown;
  readonly fileName?: string;
  readonly flags?: Record<string, string>;
  readonly env?: Record<string, string>;
  /** Other files by path. */
  readonly files?: Record<string, string>;
}

/** A request for what is given. */
export function requestOf(given: Given) {
  const fileName = given.fileName ?? "hubbub.json";
  const files = { ...given.files };
  if (given.file !== undefined) {
    files[fileName] = typeof given.file === "string" ? given.file : JSON.stringify(given.file);
  }
  return {
    flags: { ...(given.file === undefined ? {} : { config: fileName }), ...given.flags },
    env: given.env ?? {},
    readFile(path: string): string {
      const text = files[path];
      if (text === undefined) throw new Deno.errors.NotFound("no such file");
      return text;
    },
  };
}

/** Loads what must be good. */
export async function good(given: Given) {
  const loaded = await loadConfig(requestOf(given));
  if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join("\n"));
  return loaded;
}

/** The messages about what must be bad. */
export async function bad(given: Given): Promise<string[]> {
  const loaded = await loadConfig(requestOf(given));
  if (loaded.ok) throw new Error("the configuration was accepted");
  return loaded.problems.map(describeProblem);
}

/** A file whose hub `chat` has one handler, changed by `changes`. */
export function withHandler(changes: Record<string, unknown>) {
  return {
    hubs: {
      chat: { eventHandlers: [{ urlTemplate: "http://localhost:3000/{event}", ...changes }] },
    },
  };
}
