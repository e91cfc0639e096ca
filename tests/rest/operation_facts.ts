/**
 * The facts about every operation, from `tests/data/rest_operations.json`, and calls made from them.
 */
import type { RawInit } from "./raw_http.ts";

/** What is known of a parameter. */
export interface ParameterFacts {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly enum?: readonly string[];
  readonly extensionValues?: readonly string[];
  readonly aliases?: Readonly<Record<string, string>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly itemMaxLength?: number;
  readonly pattern?: string;
  readonly notBlank?: boolean;
  readonly itemNotBlank?: boolean;
  readonly caseSensitive?: boolean;
  readonly repeatable?: boolean;
  readonly keyMaxLength?: number;
  readonly valueMaxLength?: number;
}

/** What is known of an answer other than success. */
export interface ErrorFacts {
  readonly status: number;
  readonly code: string | null;
  readonly cause: string;
}

/** What is known of an operation. */
export interface OperationFacts {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly access: "read" | "write";
  readonly requestContentTypes: readonly string[];
  readonly parameters: readonly string[];
  readonly success: readonly { readonly status: number; readonly body: unknown }[];
  readonly errors: readonly ErrorFacts[];
}

/** Everything that is known. */
export interface Facts {
  readonly apiVersions: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterFacts>>;
  readonly commonErrors: readonly ErrorFacts[];
  readonly operations: readonly OperationFacts[];
}

/** The facts. */
export const FACTS: Facts = JSON.parse(
  await Deno.readTextFile(new URL("../data/rest_operations.json", import.meta.url)),
);

/** One of the data plane's operations takes this path; `HealthApi` is not one of them. */
export const HUB_OPERATIONS = FACTS.operations.filter(({ path }) => path.startsWith("/api/hubs"));

/** A call that can be varied: names in the path, query pairs, headers, a body. */
export interface CallPlan {
  readonly method: string;
  readonly path: string;
  readonly names: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly token?: string | null;
}

/** The plainest call of an operation that succeeds. */
export function plainCall(operation: OperationFacts, names: Readonly<Record<string, string>>) {
  const query: [string, string][] = [];
  const headers: Record<string, string> = {};
  for (const { name, in: where, required } of parametersOf(operation)) {
    if (!required || where === "path") continue;
    if (where === "query") query.push([name, names[name] ?? ""]);
    else headers[name] = "application/json";
  }
  const isJson = headers["Content-Type"] === "application/json";
  const body = isJson ? '{"groups":["g"]}' : "";
  const { method, path } = operation;
  return { method, path, names, query, headers, body } satisfies CallPlan;
}

/** The parameters of an operation. */
export function parametersOf(operation: OperationFacts): ParameterFacts[] {
  return operation.parameters.map((key) => {
    const parameter = FACTS.parameters[key];
    if (parameter === undefined) throw new Error(`the facts lack the parameter "${key}"`);
    return parameter;
  });
}

/** Target and init of a planned call. */
export function requestOf(plan: CallPlan): { target: string; init: RawInit } {
  const path = plan.path.replace(
    /\{(\w+)\}/g,
    (_, name) => encodeURIComponent(plan.names[name] ?? ""),
  );
  const query = new URLSearchParams(plan.query.map(([name, value]) => [name, value])).toString();
  const { headers, body, token } = plan;
  const init = { headers, body, ...(token === undefined ? {} : { token }) };
  return { target: query === "" ? path : `${path}?${query}`, init };
}

/** The plan with one parameter set to a value, where the parameter stands. */
export function withValue<Plan extends CallPlan>(
  plan: Plan,
  { name, in: where }: ParameterFacts,
  ...values: string[]
): CallPlan {
  switch (where) {
    case "path":
      return { ...plan, names: { ...plan.names, [name]: values[0] ?? "" } };
    case "query": {
      const others = plan.query.filter(([other]) => other !== name);
      return { ...plan, query: [...others, ...values.map((value) => [name, value] as const)] };
    }
    case "header": {
      const [value] = values;
      if (value !== undefined) return { ...plan, headers: { ...plan.headers, [name]: value } };
      const { [name]: _, ...rest } = plan.headers;
      return { ...plan, headers: rest };
    }
  }
}

/** The plan with more query pairs. */
export function addQuery(
  plan: CallPlan,
  ...pairs: readonly (readonly [string, string])[]
): CallPlan {
  return { ...plan, query: [...plan.query, ...pairs] };
}

/** Values that a parameter must take; for names of something, that need not be there. */
export function goodValues(parameter: ParameterFacts): string[] {
  const { maxLength, itemMaxLength, minimum, maximum, caseSensitive } = parameter;
  const values = [...parameter.enum ?? [], ...parameter.extensionValues ?? []];
  values.push(...Object.keys(parameter.aliases ?? {}));
  if (caseSensitive === false) {
    values.push(...values.map((value) => value.toUpperCase()));
    values.push(...values.map((value) => value.toLowerCase()));
  }
  const length = maxLength ?? itemMaxLength;
  if (length !== undefined && parameter.name !== "continuationToken") {
    values.push("a", "a".repeat(length));
  }
  if (minimum !== undefined) values.push(String(minimum), String(minimum + 1));
  if (maximum !== undefined) values.push(String(maximum));
  return values;
}

/** Values that a parameter must refuse with 400. */
export function badValues(parameter: ParameterFacts): string[] {
  const { maxLength, itemMaxLength, minimum, maximum } = parameter;
  const values: string[] = [];
  if (parameter.enum !== undefined) values.push("nonsense", "-1", parameter.enum.join(","));
  const length = maxLength ?? itemMaxLength;
  if (length !== undefined) values.push("a".repeat(length + 1));
  if (minimum !== undefined) values.push(String(minimum - 1), "x", "1.5");
  if (maximum !== undefined) values.push(String(maximum + 1));
  if (parameter.notBlank || parameter.itemNotBlank || parameter.pattern !== undefined) {
    values.push(" ", "\t");
  }
  if (parameter.name === "hub") values.push("1a", "a-b", "a b", "ä");
  if (parameter.required && parameter.in !== "header") values.push("");
  return values;
}
