/** Sorts in place by name in code-point order, as locales differ between machines. */
export function sortByName<T extends { readonly name: string }>(list: T[]): T[] {
  // JavaScript compares UTF-16 units, whose order differs beyond U+FFFF only. UTF-8 bytes sort like code points.
  if (!list.some(({ name }) => /[\ud800-\udfff]/.test(name))) return list.sort((a, b) => order(a.name, b.name));
  const keyed = list.map((item) => ({ item, key: Buffer.from(item.name) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  keyed.forEach(({ item }, i) => (list[i] = item));
  return list;
}

/** Sorts names in code-point order. */
export function sortedNames(names: readonly string[]): string[] {
  return sortByName(names.map((name) => ({ name }))).map(({ name }) => name);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
