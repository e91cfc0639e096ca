/**
 * How one setting is declared: its schema, its documentation and its names on the command line and in the environment
 * stand together, and flags, environment layer, help and messages are derived from that.
 */
import * as v from "valibot";

/** What is known about a setting besides its type. A type alias, since metadata must be an open record. */
export type About = {
  /** What it is for; one sentence without a final period. */
  readonly doc: string;
  /** What to write: ends messages ("...; give <wants>") */
  readonly wants: string;
  /** Name of the environment variable. */
  readonly env?: string;
  /** Name of the flag without dashes. */
  readonly flag?: string;
  /** What stands for the value in help. */
  readonly placeholder?: string;
  /** The value must never be shown. */
  readonly secret?: boolean;
};

/** A schema with its documentation. */
export function setting<const S extends v.GenericSchema>(schema: S, about: About) {
  return v.pipe(schema, v.metadata(about));
}

/** A rule whose whole message, defect and fix, comes from `defect`; it answers `undefined` for good values. */
export function rule<T>(defect: (value: T) => string | undefined) {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const message = defect(dataset.value);
    if (message !== undefined) addIssue({ message });
  });
}

/** What the walkers below see of any schema. */
interface Node {
  readonly type: string;
  readonly wrapped?: Node;
  readonly default?: unknown;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly key?: unknown;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
}

/** The schema under `optional`. */
function bare(schema: v.GenericSchema | Node): Node {
  let node = schema as Node;
  while (node.type === "optional" && node.wrapped !== undefined) node = node.wrapped;
  return node;
}

function aboutOf(node: Node): Partial<About> {
  return v.getMetadata(node as unknown as v.GenericSchema) as Partial<About>;
}

/** One setting as flags, environment, help and the reference see it. */
export interface Setting extends About {
  readonly path: readonly string[];
  /** `list` holds strings; in flags and environment they stand between commas. */
  readonly kind: "string" | "number" | "boolean" | "list";
  /** The only values allowed, where there is such a list. */
  readonly choices: readonly string[] | undefined;
  readonly default: unknown;
}

/** Every documented leaf below `schema`, in order of declaration. */
export function settingsOf(schema: v.GenericSchema): Setting[] {
  const found: Setting[] = [];
  collect(schema as Node, [], found);
  return found;
}

function collect(node: Node, path: readonly string[], found: Setting[]): void {
  const inner = bare(node);
  if (inner.entries !== undefined) {
    for (const [name, entry] of Object.entries(inner.entries)) {
      collect(entry, [...path, name], found);
    }
    return;
  }
  const about = aboutOf(inner);
  const kind = kindOfNode(inner);
  if (about.doc === undefined || about.wants === undefined || kind === undefined) return;
  const choices = inner.type === "picklist" ? inner.options?.map(String) : undefined;
  found.push({
    ...about,
    doc: about.doc,
    wants: about.wants,
    path,
    kind,
    choices,
    default: node.default,
  });
}

function kindOfNode(node: Node): Setting["kind"] | undefined {
  switch (node.type) {
    case "string":
    case "picklist":
      return "string";
    case "number":
    case "boolean":
      return node.type;
    case "array":
      return "list";
    default:
      return undefined;
  }
}

/** A key that the schema does not know. */
export interface UnknownKey {
  readonly path: readonly (string | number)[];
  readonly name: string;
  /** Names that may stand there. */
  readonly known: readonly string[];
}

/** Every unknown key of `value`, at any depth. Types are judged elsewhere. */
export function unknownKeys(schema: v.GenericSchema, value: unknown): UnknownKey[] {
  const found: UnknownKey[] = [];
  findUnknown(schema as Node, value, [], found);
  return found;
}

function findUnknown(
  schema: Node,
  value: unknown,
  path: readonly (string | number)[],
  found: UnknownKey[],
): void {
  const node = chosen(bare(schema), value);
  if (Array.isArray(value)) {
    const item = node.item;
    if (item !== undefined) {
      value.forEach((one, at) => findUnknown(item, one, [...path, at], found));
    }
    return;
  }
  if (typeof value !== "object" || value === null || node.entries === undefined) return;
  const known = Object.keys(node.entries);
  for (const [name, member] of Object.entries(value)) {
    const entry = Object.hasOwn(node.entries, name) ? node.entries[name] : undefined;
    if (entry === undefined) found.push({ path: [...path, name], name, known });
    else findUnknown(entry, member, [...path, name], found);
  }
}

/** The alternative of a variant that `value` names; the node itself where there is no choice. */
function chosen(node: Node, value: unknown): Node {
  if (node.type !== "variant" || typeof node.key !== "string") return node;
  const key = node.key;
  const wanted = (value as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  for (const option of node.options ?? []) {
    if ((option as Node).entries?.[key]?.literal === wanted) return option as Node;
  }
  return node;
}

/** The documentation of the setting at `path`, as far down as there is one. */
export function aboutAt(
  schema: v.GenericSchema,
  root: unknown,
  path: readonly (string | number)[],
): Partial<About> {
  let node = schema as Node;
  let value = root;
  let about: Partial<About> = {};
  for (const key of path) {
    const inner = chosen(bare(node), value);
    const next = typeof key === "number" ? inner.item : inner.entries?.[key];
    if (next === undefined) return about;
    node = next;
    value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[key];
    const own = aboutOf(bare(node));
    if (own.wants !== undefined) about = own;
  }
  return about;
}
