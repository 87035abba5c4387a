import { SPLITS, type Domain, type Split } from '../../../registry/kinds/dataset.js';
import { ProblemError } from '../../../support/problem.js';
import { emptyDomain } from './complaints.js';
import { findLayout } from './layout.js';
import type { PictureFile } from './picture-files.js';
import type { Pictures, Tree } from './tree.js';

/** The pictures of a source: of each split, or of each domain where no split is given. */
export type Found = { readonly layout: string; readonly passedOver: ReadonlyMap<string, number> } & Arranged;

export type Arranged =
  | { readonly splits: Readonly<Record<Split, readonly PictureFile[]>> }
  | { readonly domains: Readonly<Record<Domain, readonly PictureFile[]>> };

/**
 * All the pictures of a tree.
 *
 * @throws ProblemError with everything that is wrong with its folders at once
 */
export async function findPictures(tree: Tree, domains: readonly string[] | null): Promise<Found> {
  const layout = await findLayout(tree, domains);
  const passedOver = new Map<string, number>();
  const problems = [];
  const found: Record<string, readonly PictureFile[]> = {};
  for (const [key, dir] of Object.entries('splits' in layout ? layout.splits : layout.domains)) {
    const pictures: Pictures = await tree.pictures(dir);
    if (pictures.files.length === 0) problems.push(emptyDomain(tree, dir, pictures));
    for (const [kind, count] of pictures.others) passedOver.set(kind, (passedOver.get(kind) ?? 0) + count);
    found[key] = pictures.files;
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  const common = { layout: layout.words, passedOver };
  if ('domains' in layout) return { ...common, domains: { A: found['A']!, B: found['B']! } };
  return { ...common, splits: Object.fromEntries(SPLITS.map((split) => [split, found[split]!])) as BySplit };
}

type BySplit = Record<Split, readonly PictureFile[]>;
