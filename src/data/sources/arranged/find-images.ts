import { REQUIRED_SPLITS, type Domain, type RequiredSplit } from '../../../registry/kinds/dataset.js';
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

export type Arranged = {
  /** Validation images, where both domains have some. */
  readonly validation?: Readonly<Record<Domain, readonly ImageFile[]>>;
} & (
  | { readonly splits: Readonly<Record<RequiredSplit, readonly ImageFile[]>> }
  | { readonly domains: Readonly<Record<Domain, readonly ImageFile[]>> }
);

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
  const count = ({ others, byContent: named }: Images) => {
    passedOver.addAll(others);
    byContent.addAll(named);
  };
  for (const [key, dir] of dirs) {
    const images: Images = await tree.images(dir);
    if (images.files.length === 0) problems.push(emptyDomain(tree, dir, images));
    count(images);
    found[key] = images.files;
  }
  const validation = await validationImages(tree, layout.validation);
  if (validation !== undefined) [validation.A, validation.B].forEach(count);
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  const used = [...dirs.map(([, dir]) => dir), ...(validation ? Object.values(layout.validation!) : [])];
  const common = {
    layout: layout.description,
    passedOver,
    byContent,
    unused: await unusedIn(tree, used),
    ...(validation && { validation: { A: validation.A.files, B: validation.B.files } }),
  };
  if ('domains' in layout) return { ...common, domains: { A: found['A']!, B: found['B']! } };
  return { ...common, splits: Object.fromEntries(REQUIRED_SPLITS.map((split) => [split, found[split]!])) as BySplit };
}

type BySplit = Record<RequiredSplit, readonly ImageFile[]>;

/** Nothing unless both domains have validation images: other folders of that name were never an error. */
async function validationImages(
  tree: FileTree,
  dirs: Readonly<Record<Domain, string>> | undefined,
): Promise<Readonly<Record<Domain, Images>> | undefined> {
  if (dirs === undefined) return undefined;
  const found = { A: await tree.images(dirs.A), B: await tree.images(dirs.B) };
  return found.A.files.length > 0 && found.B.files.length > 0 ? found : undefined;
}
