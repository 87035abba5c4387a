import type { Domain } from '../../registry/kinds/dataset.js';

/** A pair of images, by their indices in A's and in B's list. */
export type Match = readonly [a: number, b: number];

/** The keys that images of a domain are matched by: images of A and B with equal keys are a pair. */
type Keys = (names: readonly string[], domain: Domain) => readonly string[];

/**
 * Pairs images of A and B by their names. Names match if they are equal apart from the domain's folder, the extension, case, and a suffix
 * that names the domain (`1_A.jpg` and `1_B.jpg`). A name that two images of a domain share pairs neither of them, as a wrong pair is
 * worse than a missing one.
 *
 * If no two names match, the text that all names of a domain begin and end with is removed (`day_001.jpg`, `night_001.jpg`); the result
 * counts only if every image of both domains then has a partner. Positions in the lists never count: one missing image would silently
 * shift all pairs behind it.
 *
 * @param a names in domain A @param b names in domain B
 * @returns the pairs, in the order of A
 */
export function matchNames(a: readonly string[], b: readonly string[]): Match[] {
  const partners = new Map<number, number>();
  const taken = new Set<number>();
  for (const keys of [belowDomain, withoutSuffix, fileAlone]) {
    for (const [i, j] of uniqueMatches(keys(a, 'A'), keys(b, 'B'))) {
      if (partners.has(i) || taken.has(j)) continue;
      partners.set(i, j);
      taken.add(j);
    }
  }
  if (partners.size > 0) return [...partners].sort(([i], [j]) => i - j);
  const all = uniqueMatches(distinctive(withoutSuffix(a, 'A')), distinctive(withoutSuffix(b, 'B')));
  return all.length > 1 && all.length === a.length && all.length === b.length ? all : [];
}

/** The path below the folder that all images of the domain share. */
const belowDomain: Keys = (names) => {
  const common = commonFolder(names);
  return names.map((name) => name.slice(common));
};

/** That path without extension and suffix, lower case; accented letters match in any Unicode normal form. */
const withoutSuffix: Keys = (names, domain) => {
  const suffix = domain === 'A' ? /([-_. ]a| \(a\))$/ : /([-_. ]b| \(b\))$/;
  // A number behind a dot is not an extension: `v1.2`.
  const bare = (path: string) => path.replace(/\.[a-z]\w*$/, '').replace(suffix, '');
  return belowDomain(names, domain).map((path) => bare(path.normalize('NFC').toLowerCase()));
};

/** The same without folders. */
const fileAlone: Keys = (names, domain) => withoutSuffix(names, domain).map((path) => path.replace(/^.*\//, ''));

/** The pairs of equal keys that occur once in each list. */
function uniqueMatches(a: readonly string[], b: readonly string[]): Match[] {
  const [inA, inB] = [indicesByKey(a), indicesByKey(b)];
  return [...inA].flatMap(([key, indices]) => {
    const others = inB.get(key) ?? [];
    return indices.length === 1 && others.length === 1 ? [[indices[0]!, others[0]!] as const] : [];
  });
}

function indicesByKey(keys: readonly string[]): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  for (const [i, key] of keys.entries()) {
    const indices = byKey.get(key);
    if (indices === undefined) byKey.set(key, [i]);
    else indices.push(i);
  }
  return byKey;
}

/** The length of the folder path that all names share. */
function commonFolder(names: readonly string[]): number {
  const [first = ''] = names;
  let common = first.lastIndexOf('/') + 1;
  while (common > 0 && !names.every((name) => name.startsWith(first.slice(0, common)))) {
    common = first.slice(0, common - 1).lastIndexOf('/') + 1;
  }
  return common;
}

/** Keys without their common start and end; words and numbers are not cut. */
function distinctive(keys: readonly string[]): string[] {
  const start = sharedStart(keys);
  const rest = keys.map((key) => key.slice(start));
  const end = sharedStart(rest.map(backwards));
  return rest.map((key) => key.slice(0, key.length - end));
}

function sharedStart(keys: readonly string[]): number {
  const [first = ''] = keys;
  let shared = first.length;
  for (const key of keys) while (!key.startsWith(first.slice(0, shared))) shared--;
  while (shared > 0 && keys.some((key) => splitsToken(key, shared))) shared--;
  return shared;
}

/** Whether a cut at this index would split a word or a number. */
function splitsToken(key: string, at: number): boolean {
  return /^(\p{L}\p{L}|\p{N}\p{N})$/u.test(key.slice(at - 1, at + 1));
}

function backwards(text: string): string {
  return [...text].reverse().join('');
}
