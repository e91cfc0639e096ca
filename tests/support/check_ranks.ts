// deno-lint-ignore-file no-console -- a tool of the checks, run by hand and by CI
/**
 * Fails when an import points left: the ranks of ARCHITECTURE.md, checked against every import in the sources.
 */
import { dirname, join, normalize, relative } from "node:path";

/** Folders and top files by rank, from the composition root to the ground. */
const RANKS: readonly (readonly string[])[] = [
  ["main.ts"],
  ["cli"],
  ["server.ts", "server"],
  ["config", "rest", "transport", "webpubsub", "upstream", "observe"],
  ["events", "hub"],
  ["session"],
  ["group_index", "filter", "auth", "protocol"],
  [
    "bounded_cache.ts",
    "bytes.ts",
    "deadlines.ts",
    "ends.ts",
    "errors.ts",
    "limits.ts",
    "names.ts",
    "platform.ts",
    "ports.ts",
    "seldom.ts",
  ],
];
/** These import the last rank only: they are read, fuzzed and benchmarked alone. */
const ALONE = ["protocol", "filter", "group_index"];
const LAST = RANKS.length - 1;

function placeOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  return first === "src" ? second : first;
}

function rankOf(place: string): number {
  return RANKS.findIndex((rank) => rank.includes(place));
}

function* sources(folder: string): Iterable<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

const problems: string[] = [];
const IMPORT = /(?:from\s+|import\s*\(\s*|import\s+)"(\.[^"]+)"/g;
for (const file of ["main.ts", ...sources("src")]) {
  const from = placeOf(file);
  if (rankOf(from) < 0) problems.push(`${file}: "${from}" has no rank`);
  for (const [, specifier = ""] of Deno.readTextFileSync(file).matchAll(IMPORT)) {
    const target = relative(".", normalize(join(dirname(file), specifier)));
    const to = placeOf(target);
    if (from === to || to === "deno.json") continue;
    const allowed = ALONE.includes(from)
      ? rankOf(to) === LAST
      : rankOf(to) > rankOf(from) || (from === "server.ts" && to === "server") ||
        (rankOf(from) === LAST && rankOf(to) === LAST);
    if (!allowed) problems.push(`${file}: must not import ${target}`);
  }
}
// One user each: see the design's injected edges.
const EDGES: readonly { readonly pattern: RegExp; readonly only: string }[] = [
  { pattern: /\bconsole\./, only: "src/observe/log.ts" },
  { pattern: /\bDate\.now\(|\bsetTimeout\(|\bcrypto\.randomUUID\(/, only: "src/platform.ts" },
];
for (const file of sources("src")) {
  const code = Deno.readTextFileSync(file).replace(/^\s*(\*|\/\/|\/\*).*$/gm, "");
  for (const { pattern, only } of EDGES) {
    if (file !== only && pattern.test(code)) {
      problems.push(`${file}: ${pattern} belongs to ${only}`);
    }
  }
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "ranks ok" : `${problems.length} imports point the wrong way`);
Deno.exit(problems.length === 0 ? 0 : 1);
