/**
 * Versions of the data plane. They differ in which operations exist; what is asked for under any of them is served alike.
 */

/** The versions that are served, the oldest first. */
export const API_VERSIONS = [
  "2021-10-01",
  "2022-11-01",
  "2023-07-01",
  "2024-01-01",
  "2024-12-01",
] as const;

/** The version that links to further pages name. */
export const NEWEST_VERSION = API_VERSIONS[API_VERSIONS.length - 1] ?? "";

const SERVED: ReadonlySet<string> = new Set(API_VERSIONS);

/** Whether a call may name `version`. */
export function isServedVersion(version: string): boolean {
  return SERVED.has(version);
}
