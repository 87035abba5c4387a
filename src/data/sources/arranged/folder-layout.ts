import { SPLITS, type Domain, type Split } from '../../../registry/kinds/dataset.js';
import { ProblemError, type Problem } from '../../../support/problem.js';
import { emptyDomain, missingDomain, noLayout } from './layout-problems.js';
import { below, type Entries, type FileTree } from './file-tree.js';

/** Where the images of a tree lie: in a folder a split; or in one a domain, to be divided. */
export type FolderLayout =
  | { readonly words: string; readonly splits: Readonly<Record<Split, string>> }
  | { readonly words: string; readonly domains: Readonly<Record<Domain, string>> };

/**
 * Recognises how a tree is laid out:
 * `trainA`, `trainB`, `testA`, `testB`; `train/A`, `train/B`, `test/A`, `test/B`; `A/train`, `A/test`, `B/train`, `B/test`; each of
 * these without its test folders; and `A`, `B`. Names in `domains` stand for A and B in all but the first.
 *
 * @throws ProblemError that says what is there instead and what to do
 */
export async function findLayout(tree: FileTree, domains: readonly string[] | null): Promise<FolderLayout> {
  const top = (await tree.entries(''))!;
  const names = domains ?? ['A', 'B'];
  const [a, b] = names as [string, string];
  if (domains === null && SPLITS.some((split) => top.folders.includes(split))) return fourFolders(tree, top);

  const [inA, inB] = [await tree.entries(a), await tree.entries(b)];
  if (inA !== undefined && inB !== undefined) return domainFirst(tree, a, b, inA, inB);
  const train = await tree.entries('train');
  if (train !== undefined && names.some((name) => train.folders.includes(name))) {
    return splitFolders(tree, ['train', a], ['train', b], ['test', a], ['test', b], 'splits with domains in them');
  }
  throw new ProblemError(await noLayout(tree, top, domains, { inA, inB }));
}

function fourFolders(tree: FileTree, top: Entries): Promise<FolderLayout> {
  // A misspelt test folder is a slip to tell, not a reason to divide the training images.
  return splitFolders(tree, ['', 'trainA'], ['', 'trainB'], ['', 'testA'], ['', 'testB'], 'four folders', top);
}

async function domainFirst(tree: FileTree, a: string, b: string, inA: Entries, inB: Entries): Promise<FolderLayout> {
  const divided = [inA, inB].some(({ folders }) => folders.includes('train'));
  if (!divided) return { words: `folders ${a} and ${b}`, domains: { A: a, B: b } };
  return splitFolders(tree, [a, 'train'], [b, 'train'], [a, 'test'], [b, 'test'], 'domains with splits in them');
}

type Spot = readonly [dir: string, name: string];

/** Both training folders must be there, and both test folders or neither. */
async function splitFolders(
  tree: FileTree,
  trainA: Spot,
  trainB: Spot,
  testA: Spot,
  testB: Spot,
  words: string,
  top?: Entries,
): Promise<FolderLayout> {
  const spots: Readonly<Record<Split, Spot>> = { trainA, trainB, testA, testB };
  const problems: Partial<Record<Split, Problem>> = {};
  const taken = [...SPLITS, ...Object.values(spots).flat()];
  let slip = false;
  for (const split of SPLITS) {
    const [dir, name] = spots[split];
    const above = top ?? (await tree.entries(dir)) ?? { folders: [], files: [] };
    if (above.folders.includes(name)) continue;
    const { problem, near } = missingDomain(tree, split, spots[split], above, taken);
    problems[split] = problem;
    slip ||= near;
  }
  const path = ([dir, name]: Spot) => below(dir, name);
  const noTests = problems.testA !== undefined && problems.testB !== undefined && !slip;
  const needed = noTests ? (['trainA', 'trainB'] as const) : SPLITS;
  if (needed.some((split) => problems[split] !== undefined)) {
    // What is wrong with the folders that are there is told at the same time.
    for (const split of SPLITS) problems[split] ??= await emptyAt(tree, path(spots[split]));
    const [first, ...others] = SPLITS.flatMap((split) => problems[split] ?? []);
    throw new ProblemError(first!, ...others);
  }
  if (noTests) return { words: `${words}, without tests`, domains: { A: path(trainA), B: path(trainB) } };
  const splits = Object.fromEntries(SPLITS.map((split) => [split, path(spots[split])]));
  return { words, splits: splits as Record<Split, string> };
}

async function emptyAt(tree: FileTree, dir: string): Promise<Problem | undefined> {
  const images = await tree.images(dir);
  return images.files.length === 0 ? emptyDomain(tree, dir, images) : undefined;
}
