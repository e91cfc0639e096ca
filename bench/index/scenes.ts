/** Who joins which groups, the same in every run. */

/** Who joins what, in an order. */
export interface Scene {
  readonly connections: number;
  readonly names: readonly string[];
  /** connection, group, connection, group ... */
  readonly pairs: Uint32Array;
}

let state = 1;

/** A whole number from 0 to `below - 1`. */
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 0x100000000 * below);
}

/** Names of groups. */
export function makeNames(groups: number): string[] {
  return Array.from({ length: groups }, (_, i) => `group-${i}`);
}

/** `perConnection` different groups of `groups` for each connection, one connection after the other. */
export function makeScene(connections: number, groups: number, perConnection: number): Scene {
  const pairs = new Uint32Array(connections * perConnection * 2);
  let filled = 0;
  for (let connection = 0; connection < connections; connection++) {
    const chosen = new Set<number>();
    while (chosen.size < perConnection) chosen.add(random(groups));
    for (const group of chosen) {
      pairs[filled++] = connection;
      pairs[filled++] = group;
    }
  }
  return { connections, names: makeNames(groups), pairs };
}

/** The same in a random order, so that all lists grow in step. */
export function shuffled(scene: Scene): Scene {
  const pairs = scene.pairs.slice();
  for (let i = pairs.length / 2 - 1; i > 0; i--) {
    const j = random(i + 1);
    for (let k = 0; k < 2; k++) {
      const word = pairs[2 * i + k] ?? 0;
      pairs[2 * i + k] = pairs[2 * j + k] ?? 0;
      pairs[2 * j + k] = word;
    }
  }
  return { ...scene, pairs };
}
