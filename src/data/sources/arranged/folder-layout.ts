import {
  REQUIRED_SPLITS,
  SPLITS,
  type Domain,
  type RequiredSplit,
  type Split,
} from '../../../registry/kinds/dataset.js';
import { ProblemError, type Problem } from '../../../support/problem.js';
import { emptyDomain, missingDomain, noLayout } from './layout-problems.js';
import { below, type Entries, type FileTree } from './file-tree.js';
import { findName } from './folder-name.js';

/** The folders of a tree's images: one for each split; or one for each domain, which is then split. */
export type FolderLayout = {
  readonly description: string;
  /** The folders of validation images, where both domains have one. */
  readonly validation?: Readonly<Record<Domain, string>>;
} & (
  { readonly splits: Readonly<Record<RequiredSplit, string>> } | { readonly domains: Readonly<Record<Domain, string>> }
);

/**
 * Recognises the layout of a tree:
 * `trainA`, `trainB`, `testA`, `testB`; `train/A`, `train/B`, `test/A`, `test/B`; `A/train`, `A/test`, `B/train`, `B/test`; each of
 * these without its test folders; and `A`, `B`. Names in `domains` replace A and B in all but the first. All but the last may have
 * folders of validation images beside those of training, `val` instead of `train`.
 *
 * @throws ProblemError that names the folders found instead, and what to do
 */
export async function findLayout(tree: FileTree, domains: readonly string[] | null): Promise<FolderLayout> {
  const top = (await tree.entries(''))!;
  const train = top.folders.includes('train') ? await tree.entries('train') : undefined;
  const there = [...top.folders, ...(train?.folders ?? [])];
  const names = (domains ?? ['A', 'B']).map((name) => findName(there, name) ?? name);
  const [a, b] = names as [string, string];
  if (domains === null && SPLITS.some((split) => top.folders.includes(split))) return fourFolders(tree, top);

  const [inA, inB] = [await tree.entries(a), await tree.entries(b)];
  if (inA !== undefined && inB !== undefined) return domainFirst(tree, a, b, inA, inB);
  if (train !== undefined && names.some((name) => train.folders.includes(name))) {
    return splitFolders(tree, (part, domain) => [part, domain === 'A' ? a : b], 'splits with domains in them');
  }
  throw new ProblemError(await noLayout(tree, top, domains, { inA, inB }));
}

function fourFolders(tree: FileTree, top: Entries): Promise<FolderLayout> {
  // A misspelt test folder is a mistake to report, not a reason to split the training images.
  return splitFolders(tree, (part, domain) => ['', `${part}${domain}`], 'four folders', top);
}

async function domainFirst(tree: FileTree, a: string, b: string, inA: Entries, inB: Entries): Promise<FolderLayout> {
  const hasSplits = [inA, inB].some(({ folders }) => folders.includes('train'));
  if (!hasSplits) return { description: `folders ${a} and ${b}`, domains: { A: a, B: b } };
  return splitFolders(tree, (part, domain) => [domain === 'A' ? a : b, part], 'domains with splits in them');
}

type FolderName = readonly [dir: string, name: string];
type FolderOf = (part: string, domain: Domain) => FolderName;

/** Both training folders must be there, and both test folders or neither. */
async function splitFolders(
  tree: FileTree,
  nameOf: FolderOf,
  description: string,
  top?: Entries,
): Promise<FolderLayout> {
  const ofSplit = (split: Split) => [split, nameOf(split.slice(0, -1), split.slice(-1) as Domain)] as const;
  const folderOf = Object.fromEntries(SPLITS.map(ofSplit)) as Readonly<Record<Split, FolderName>>;
  const problems: Partial<Record<RequiredSplit, Problem>> = {};
  const taken = [...SPLITS, ...Object.values(folderOf).flat()];
  let misspelt = false;
  const entriesAbove = async ([dir]: FolderName) => top ?? (await tree.entries(dir)) ?? { folders: [], files: [] };
  for (const split of REQUIRED_SPLITS) {
    const [, name] = folderOf[split];
    const above = await entriesAbove(folderOf[split]);
    if (above.folders.includes(name)) continue;
    const { problem, near } = missingDomain(tree, split, folderOf[split], above, taken);
    problems[split] = problem;
    misspelt ||= near;
  }
  const path = ([dir, name]: FolderName) => below(dir, name);
  const noTests = problems.testA !== undefined && problems.testB !== undefined && !misspelt;
  const needed = noTests ? (['trainA', 'trainB'] as const) : REQUIRED_SPLITS;
  if (needed.some((split) => problems[split] !== undefined)) {
    // Also reports problems of the folders that exist.
    for (const split of REQUIRED_SPLITS) problems[split] ??= await emptyAt(tree, path(folderOf[split]));
    const [first, ...others] = REQUIRED_SPLITS.flatMap((split) => problems[split] ?? []);
    throw new ProblemError(first!, ...others);
  }
  const { trainA, trainB, valA, valB } = folderOf;
  const isThere = async (folder: FolderName) => (await entriesAbove(folder)).folders.includes(folder[1]);
  const validated = (await isThere(valA)) && (await isThere(valB));
  const validation = validated && { validation: { A: path(valA), B: path(valB) } };
  if (noTests) {
    const domains = { A: path(trainA), B: path(trainB) };
    return { description: `${description}, without tests`, domains, ...validation };
  }
  const splits = Object.fromEntries(REQUIRED_SPLITS.map((split) => [split, path(folderOf[split])]));
  return { description, splits: splits as Record<RequiredSplit, string>, ...validation };
}

async function emptyAt(tree: FileTree, dir: string): Promise<Problem | undefined> {
  const images = await tree.images(dir);
  return images.files.length === 0 ? emptyDomain(tree, dir, images) : undefined;
}
