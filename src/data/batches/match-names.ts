import type { Domain } from '../../registry/kinds/dataset.js';

/** Two images that belong together, by their places in A's and in B's list. */
export type Match = readonly [a: number, b: number];

/** What images of a domain are compared by; the same text in A and B means that they belong together. */
type Keys = (names: readonly string[], domain: Domain) => readonly string[];

/**
 * Tells by their names which images of A and B belong together: they are called the same apart from the folder of their domain, the
 * extension, upper and lower case, and a suffix that names the domain (`1_A.jpg` and `1_B.jpg`). A name that two images of a domain share
 * pairs neither of them, as a wrong pair is worse than one that is missing.
 *
 * Where no two names agree, each domain may have words of its own around what tells its images apart (`day_001.jpg`, `night_001.jpg`):
 * these are taken off, and count only if every image of both domains then has a partner. Places in the lists never count: one image
 * that is missing would shift all pairs behind it, and nobody would hear of it.
 *
 * @param a names in domain A @param b names in domain B
 * @returns in the order of A
 */
export function matchNames(a: readonly string[], b: readonly string[]): Match[] {
  const partners = new Map<number, number>();
  const taken = new Set<number>();
  for (const keys of [belowDomain, withoutSuffix, fileAlone]) {
    for (const [i, j] of agreeing(keys(a, 'A'), keys(b, 'B'))) {
      if (partners.has(i) || taken.has(j)) continue;
      partners.set(i, j);
      taken.add(j);
    }
  }
  if (partners.size > 0) return [...partners].sort(([i], [j]) => i - j);
  const all = agreeing(distinctive(withoutSuffix(a, 'A')), distinctive(withoutSuffix(b, 'B')));
  return all.length > 1 && all.length === a.length && all.length === b.length ? all : [];
}

/** The path below the folder that all images of the domain share. */
const belowDomain: Keys = (names) => {
  const common = commonFolder(names);
  return names.map((name) => name.slice(common));
};

/** That path without extension and suffix; letters with accents are the same however they were typed. */
const withoutSuffix: Keys = (names, domain) => {
  const suffix = domain === 'A' ? /([-_. ]a| \(a\))$/ : /([-_. ]b| \(b\))$/;
  // A number behind a dot is no extension: `v1.2`.
  const bare = (path: string) => path.replace(/\.[a-z]\w*$/, '').replace(suffix, '');
  return belowDomain(names, domain).map((path) => bare(path.normalize('NFC').toLowerCase()));
};

/** The same without folders. */
const fileAlone: Keys = (names, domain) => withoutSuffix(names, domain).map((path) => path.replace(/^.*\//, ''));

/** Where keys agree that stand once in each list. */
function agreeing(a: readonly string[], b: readonly string[]): Match[] {
  const [inA, inB] = [placesOf(a), placesOf(b)];
  return [...inA].flatMap(([key, places]) => {
    const others = inB.get(key) ?? [];
    return places.length === 1 && others.length === 1 ? [[places[0]!, others[0]!] as const] : [];
  });
}

function placesOf(keys: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [i, key] of keys.entries()) {
    const there = places.get(key);
    if (there === undefined) places.set(key, [i]);
    else there.push(i);
  }
  return places;
}

/** How many characters of all names are folders that they share. */
function commonFolder(names: readonly string[]): number {
  const [first = ''] = names;
  let common = first.lastIndexOf('/') + 1;
  while (common > 0 && !names.every((name) => name.startsWith(first.slice(0, common)))) {
    common = first.slice(0, common - 1).lastIndexOf('/') + 1;
  }
  return common;
}

/** Keys without what all of them begin and end with; words and numbers are not cut apart. */
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
  while (shared > 0 && keys.some((key) => isWithin(key, shared))) shared--;
  return shared;
}

/** Whether a cut at this place goes through a word or a number. */
function isWithin(key: string, at: number): boolean {
  return /^(\p{L}\p{L}|\p{N}\p{N})$/u.test(key.slice(at - 1, at + 1));
}

function backwards(text: string): string {
  return [...text].reverse().join('');
}
