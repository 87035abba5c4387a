/** Sorts by name in code-point order, in place: not by locale, which differs between machines. */
export function sortByName<T extends { readonly name: string }>(list: T[]): T[] {
  // JavaScript compares UTF-16 units, which is another order beyond U+FFFF only. UTF-8 bytes sort as code points do.
  if (!list.some(({ name }) => /[\ud800-\udfff]/.test(name))) return list.sort((a, b) => order(a.name, b.name));
  const keyed = list.map((item) => ({ item, key: Buffer.from(item.name) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  keyed.forEach(({ item }, i) => (list[i] = item));
  return list;
}

/** Names alone. */
export function sortedNames(names: readonly string[]): string[] {
  return sortByName(names.map((name) => ({ name }))).map(({ name }) => name);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
