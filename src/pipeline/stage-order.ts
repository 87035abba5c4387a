interface Needing {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Sorts nodes topologically: a node follows those that it needs, otherwise in the given order. There must be no cycle. */
export function inOrder<T extends Needing>(nodes: readonly T[]): T[] {
  const left = [...nodes];
  const placed = new Set<string>();
  const ordered: T[] = [];
  while (left.length > 0) {
    const next = left.findIndex((node) => node.needs.every((need) => placed.has(need)));
    if (next < 0) throw new Error('inOrder: the nodes have a cycle');
    const [node] = left.splice(next, 1) as [T];
    placed.add(node.name);
    ordered.push(node);
  }
  return ordered;
}

/** The names along a cycle: each needs the next, and the last needs the first; `undefined` if there is none. */
export function findCycle(nodes: readonly Needing[]): string[] | undefined {
  const needs = new Map(nodes.map((node) => [node.name, node.needs]));
  const done = new Set<string>();

  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(name);
    if (start >= 0) return trail.slice(start);
    if (done.has(name)) return undefined;
    for (const need of needs.get(name) ?? []) {
      const cycle = visit(need, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };

  for (const { name } of nodes) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** The names of a node and of all nodes that it needs, directly or indirectly. */
export function withAncestors(nodes: readonly Needing[], name: string): Set<string> {
  const needs = new Map(nodes.map((node) => [node.name, node.needs]));
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return found;
}
