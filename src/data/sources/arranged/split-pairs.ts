import { matchNames } from '../../batches/match-names.js';
import { splitByContent, type Hashed, type SplitOptions } from './split-by-content.js';

/** A domain's images in training and test ones. */
export interface Parts<T> {
  readonly train: readonly T[];
  readonly test: readonly T[];
}

/**
 * Divides the images of both domains so that pairs stay together: whole pairs are drawn, by the content of A's image as in
 * {@link splitByContent}. Images without a partner stay with training, where they are reported.
 *
 * @returns nothing when there are fewer than two different pairs
 */
export function splitPairs<T extends Hashed>(
  a: readonly T[],
  b: readonly T[],
  options: SplitOptions,
): { readonly A: Parts<T>; readonly B: Parts<T> } | undefined {
  const groups = groupsOf(a, b);
  const drawn = splitByContent(
    a.map(({ name, hash }) => ({ name, hash: groups.get(`A${hash}`) })),
    options,
  );
  if (drawn === undefined) return undefined;
  const chosen = new Set(drawn.test.map(({ hash }) => hash));
  const parts = (domain: 'A' | 'B', images: readonly T[]): Parts<T> => {
    const isTest = ({ hash }: T) => chosen.has(groups.get(`${domain}${hash}`));
    return { train: images.filter((image) => !isTest(image)), test: images.filter(isTest) };
  };
  return { A: parts('A', a), B: parts('B', b) };
}

/** By domain and content, what stays together: pairs, and those that share an image. A group is called by the first content of A in it. */
function groupsOf(a: readonly Hashed[], b: readonly Hashed[]): ReadonlyMap<string, string> {
  const names = (images: readonly Hashed[]) => images.map(({ name }) => name);
  const groups = new Map<string, string>();
  for (const [i, j] of matchNames(names(a), names(b))) {
    const [inA, inB] = [a[i]!.hash, b[j]!.hash];
    if (inA === undefined || inB === undefined) continue;
    const joined = [groups.get(`A${inA}`) ?? inA, groups.get(`B${inB}`) ?? inA].sort();
    groups.set(`A${inA}`, joined[0]!).set(`B${inB}`, joined[0]!);
    for (const [content, group] of groups) if (joined.includes(group)) groups.set(content, joined[0]!);
  }
  return groups;
}
