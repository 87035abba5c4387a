import { SPLITS, type Domain, type Split } from '../../../registry/kinds/dataset.js';
import { ProblemError } from '../../../support/problem.js';
import { emptyDomain } from './layout-problems.js';
import { findLayout } from './folder-layout.js';
import type { ImageFile } from './image-files.js';
import { FileTally } from './file-tally.js';
import type { Images, FileTree } from './file-tree.js';
import { unusedIn, type UnusedFiles } from './unused-files.js';

/** The images of a source: of each split, or of each domain where no split is given. */
export type FoundImages = {
  readonly layout: string;
  /** Files in the folders that are not images. */
  readonly passedOver: FileTally;
  /** Images without an image's extension. */
  readonly byContent: FileTally;
  /** Folders and files outside of the splits. */
  readonly unused: UnusedFiles;
} & Arranged;

export type Arranged =
  | { readonly splits: Readonly<Record<Split, readonly ImageFile[]>> }
  | { readonly domains: Readonly<Record<Domain, readonly ImageFile[]>> };

/**
 * Finds all images of a tree.
 *
 * @throws ProblemError with all problems of its folders
 */
export async function findImages(tree: FileTree, domains: readonly string[] | null): Promise<FoundImages> {
  const layout = await findLayout(tree, domains);
  const [passedOver, byContent] = [new FileTally(), new FileTally()];
  const problems = [];
  const found: Record<string, readonly ImageFile[]> = {};
  const dirs = Object.entries('splits' in layout ? layout.splits : layout.domains);
  for (const [key, dir] of dirs) {
    const images: Images = await tree.images(dir);
    if (images.files.length === 0) problems.push(emptyDomain(tree, dir, images));
    passedOver.addAll(images.others);
    byContent.addAll(images.byContent);
    found[key] = images.files;
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  const unused = await unusedIn(tree, dirs.map(([, dir]) => dir)); // prettier-ignore
  const common = { layout: layout.description, passedOver, byContent, unused };
  if ('domains' in layout) return { ...common, domains: { A: found['A']!, B: found['B']! } };
  return { ...common, splits: Object.fromEntries(SPLITS.map((split) => [split, found[split]!])) as BySplit };
}

type BySplit = Record<Split, readonly ImageFile[]>;
