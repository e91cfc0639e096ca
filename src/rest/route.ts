/**
 * Which operation a request means: the raw path against the table of operations.
 */
import { badRequest } from "../errors.ts";
import type { Operation } from "./operation.ts";

/** The names in a path, decoded once. */
export type PathNames = ReadonlyMap<PathName, string>;

/** What a path may name. */
export type PathName = "hub" | "group" | "userId" | "connectionId" | "permission";

/** What became of a path. */
export type Match =
  | { readonly kind: "found"; readonly operation: Operation; readonly names: PathNames }
  | { readonly kind: "wrongMethod"; readonly allow: string }
  | { readonly kind: "unknown" };

const UNKNOWN: Match = { kind: "unknown" };

/**
 * Splits a raw path at `/` and decodes each segment exactly once, so that a name may hold a `/` sent as `%2F`. One
 * trailing `/` is ignored.
 *
 * @throws RestError 400 when a segment is no percent-encoded UTF-8
 */
export function splitPath(path: string): string[] {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  const segments = trimmed.slice(1).split("/");
  if (!trimmed.includes("%")) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) throw badRequest("Invalid path.", "path");
    throw error;
  }
}

/** A table of operations, sorted by the shape of their paths. */
export class Routes {
  readonly #byLength = new Map<number, Operation[]>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const sameLength = this.#byLength.get(operation.path.length) ?? [];
      sameLength.push(operation);
      this.#byLength.set(operation.path.length, sameLength);
    }
  }

  /** Finds the operation of a path and a method; HEAD and GET are different methods here. */
  match(method: string, segments: readonly string[]): Match {
    const candidates = this.#byLength.get(segments.length);
    if (candidates === undefined) return UNKNOWN;
    const allowed: string[] = [];
    for (const operation of candidates) {
      if (!fits(operation.path, segments)) continue;
      if (operation.method === method) {
        return { kind: "found", operation, names: namesOf(operation.path, segments) };
      }
      allowed.push(operation.method);
    }
    return allowed.length === 0 ? UNKNOWN : { kind: "wrongMethod", allow: allowed.join(", ") };
  }
}

function fits(template: Operation["path"], segments: readonly string[]): boolean {
  for (let i = 0; i < template.length; i++) {
    const part = template[i];
    if (typeof part === "string" && part !== segments[i]) return false;
  }
  return true;
}

function namesOf(template: Operation["path"], segments: readonly string[]): PathNames {
  const names = new Map<PathName, string>();
  template.forEach((part, i) => {
    if (typeof part !== "string") names.set(part.name, segments[i] ?? "");
  });
  return names;
}
