/** The goals of the benches, judged by the figures of their JSON lines. */

/** A goal and how far a run is from it. */
export interface Verdict {
  readonly goal: string;
  /** What is wanted of every figure, for instance `<= 1`. */
  readonly wanted: string;
  /** Not a number where a case has failed or a peer was left out. */
  readonly figures: readonly (readonly [of: string, figure: number])[];
  /** Nothing when a figure is lacking and no other one misses the goal. */
  readonly met: boolean | undefined;
}

type Relation = "<" | "<=" | ">=";
type Fields = Readonly<Record<string, unknown>>;

/** Judges all goals of the benches that ran; `figures` is what each bench said, by its name. */
export function judge(figures: Fields): Verdict[] {
  const judges = {
    fanout,
    fairness,
    idle,
    connect,
    startup,
    rest,
    upstream,
    index,
    counts,
  };
  return Object.entries(judges).flatMap(([bench, judgeOf]) =>
    figures[bench] === undefined ? [] : judgeOf(figures[bench])
  );
}

/** Rows for a table. */
export function goalRows(verdicts: readonly Verdict[]): string[][] {
  return [
    ["goal", "wanted", "", "figures"],
    ...verdicts.map(({ goal, wanted, met, figures }) => [
      goal,
      wanted,
      met === undefined ? "no figure" : met ? "met" : "MISSED",
      figures.map(([of, figure]) => `${of} ${Number.isNaN(figure) ? "-" : figure}`.trim()).join(
        ", ",
      ),
    ]),
  ];
}

function verdict(
  goal: string,
  relation: Relation,
  limit: number,
  figures: readonly (readonly [string, number])[],
): Verdict {
  // Judged as printed.
  const rounded = figures.map(([of, figure]) => [of, Number(figure.toFixed(2))] as const);
  const holds = (figure: number) =>
    relation === "<" ? figure < limit : relation === "<=" ? figure <= limit : figure >= limit;
  const missed = rounded.some(([, figure]) => !Number.isNaN(figure) && !holds(figure));
  const unknown = rounded.length === 0 || rounded.some(([, figure]) => Number.isNaN(figure));
  const met = missed ? false : unknown ? undefined : true;
  return { goal, wanted: `${relation} ${limit}`, figures: rounded, met };
}

/** Server CPU per delivery over that of a peer. */
function fanout(said: unknown): Verdict[] {
  const cpu = new Map<string, number>();
  const cases = new Set<string>();
  for (const outcome of list(said)) {
    cases.add(String(outcome.case));
    const { cpuMicrosPerDelivery: micros } = outcome;
    if (typeof micros === "number") cpu.set(`${outcome.server} ${outcome.case}`, micros);
  }
  const ratios = (server: string, peer: string, window: RegExp) =>
    [...cases].filter((one) => window.test(one)).map((one): [string, number] => [
      one,
      (cpu.get(`${server} ${one}`) ?? NaN) / (cpu.get(`${peer} ${one}`) ?? NaN),
    ]);
  const [sparse, dense] = [/^W=1 /, /^W=(?!1 )/];
  const [native, batching] = ["hubbub native", "hubbub batching"];
  return [
    verdict("fan-out, sparse: native over Bun", "<=", 1, ratios(native, "bun", sparse)),
    verdict("fan-out, sparse: batching over Bun", "<=", 1, ratios(batching, "bun", sparse)),
    verdict("fan-out, dense: batching over Bun", "<=", 1.5, ratios(batching, "bun", dense)),
    verdict("fan-out, dense: batching over NATS", "<", 1, ratios(batching, "nats-server", dense)),
  ];
}

/** What others notice of floods and bursts; the native transport cannot leave a client unread. */
function fairness(said: unknown): Verdict[] {
  const { floods, bursts } = said as Fields;
  const ours = (rows: unknown) => list(rows).filter(({ server }) => server === "hubbub batching");
  const flooded = ours(floods).filter(({ flood }) => flood !== "none");
  const figure = (rows: readonly Fields[], key: string, value: string) =>
    rows.map((row): [string, number] => [`${row[key]}:`, Number(row[value])]);
  const worst = flooded.map((row): [string, number] => [
    `${row.flood}:`,
    Math.max(Number(row.ping), Number(row.rest)),
  ]);
  const all = list(bursts);
  const cut = all.map((row): [string, number] => [`${row.server}, ${row.burst}:`, Number(row.cut)]);
  return [
    verdict("floods: p99 of others over calm", "<=", 3, figure(flooded, "flood", "ratio")),
    verdict("floods: p99 of others, ms", "<", 20, worst),
    verdict("bursts: delivered", ">=", 1, figure(ours(bursts), "burst", "delivered")),
    verdict("bursts: readers cut off", "<=", 0, cut),
  ];
}

function idle(said: unknown): Verdict[] {
  const ours = list(said).filter(({ flags }) => flags === "as started");
  const kib = (server: string) => figuresOf(ours, "server", [server], "kibPerConnection");
  return [
    verdict("idle connection, native, KiB", "<=", 20, unnamed(kib("hubbub native"))),
    verdict("idle connection, batching, KiB", "<=", 10, unnamed(kib("hubbub batching"))),
  ];
}

function startup(said: unknown): Verdict[] {
  const ways = list(said).map(({ way }) => String(way));
  return [verdict("start-up, ms", "<=", 120, figuresOf(list(said), "way", ways, "medianMs"))];
}

/** Server CPU per call over that of a bare route, with the default transport. */
function rest(said: unknown): Verdict[] {
  const results = list((said as Fields).results);
  const ratio = (name: string) => unnamed(figuresOf(results, "name", [name], "cpuRatio"));
  return [
    verdict("REST, same token, CPU over bare Hono", "<=", 2.2, ratio("same token")),
    verdict("REST, fresh tokens, CPU over bare Hono", "<=", 3.8, ratio("fresh token per call")),
  ];
}

/** Clients let in a second over those of a peer that asks for no token. */
function connect(said: unknown): Verdict[] {
  const perSecond = (server: string) =>
    figuresOf(list(said), "server", [server], "handshakesPerSecond")[0]?.[1] ?? NaN;
  const ratio = perSecond("hubbub batching") / perSecond("ws on node");
  return [verdict("handshakes a second, batching over ws", ">=", 1, [["", ratio]])];
}

/** Events delivered a second over bare calls of the same request. */
function upstream(said: unknown): Verdict[] {
  const results = list((said as Fields).results);
  const ratio = unnamed(figuresOf(results, "name", ["dispatcher"], "ratio"));
  return [verdict("events, over a bare fetch of the same", ">=", 0.7, ratio)];
}

/** For each goal the questions that miss it, or the one that comes nearest to that. */
function index(said: unknown): Verdict[] {
  const byGoal = new Map<string, [string, number][]>();
  for (const { question, unit, goal, figures } of list((said as Fields).rows)) {
    if (typeof goal !== "number") continue;
    const { index, sets } = figures as Readonly<Record<string, number>>;
    const key = `${unit} ${goal}`;
    byGoal.set(key, [...byGoal.get(key) ?? [], [`${question}:`, (sets ?? NaN) / (index ?? NaN)]]);
  }
  return [...byGoal].map(([key, ratios]) => {
    const [unit, goal] = key.split(" ");
    const limit = Number(goal);
    const what = unit === "bytes" ? "bytes" : limit > 1 ? "iterate" : "join, leave, disconnect";
    const sorted = ratios.toSorted(([, a], [, b]) => a - b);
    const missed = sorted.filter(([, ratio]) => ratio < limit);
    const worst = missed.length > 0 ? missed : sorted.slice(0, 1);
    return verdict(`index, ${what}: Sets over it`, ">=", limit, worst);
  });
}

/** What counts cost that other workers read: the slowest look-up and the slowest update. */
function counts(said: unknown): Verdict[] {
  const slowest = (kind: string, limit: number) => {
    const figures = list((said as Fields).rows)
      .filter(({ question, goal }) => String(question).startsWith(kind) && goal === limit)
      .map(({ question, least }): [string, number] => [`${question}:`, Number(least)])
      .toSorted(([, a], [, b]) => b - a);
    return verdict(`shared counts, ${kind}, ns`, "<", limit, figures.slice(0, 1));
  };
  return [slowest("look-up", 200), slowest("update", 300)];
}

/** The figures `value` of the rows that have one of these names. */
function figuresOf(
  rows: readonly Fields[],
  key: string,
  names: readonly string[],
  value: string,
): [string, number][] {
  return rows.flatMap((row): [string, number][] => {
    const [name, figure] = [String(row[key]), row[value]];
    return names.includes(name) && typeof figure === "number" ? [[name, figure]] : [];
  });
}

function unnamed(figures: readonly (readonly [string, number])[]): [string, number][] {
  return figures.map(([, figure]) => ["", figure]);
}

function list(said: unknown): readonly Fields[] {
  return Array.isArray(said) ? said as readonly Fields[] : [];
}
