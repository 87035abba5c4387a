import { REQUIRED_SPLITS, type RequiredSplit } from '../../../registry/kinds/dataset.js';
import { didYouMean } from '../../../support/did-you-mean.js';
import type { Problem } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import { conversionOf } from '../../images/conversions.js';
import { EXTENSIONS } from './image-files.js';
import { FileTally } from './file-tally.js';
import { below, type Entries, type Images, type FileTree } from './file-tree.js';

export const LAYOUT =
  'It must contain the images in four folders, trainA, trainB, testA and testB (A is translated to B), or in two, A and B, ' +
  'or in two that dataset.domains names.';

/**
 * The problem of a missing folder of a layout.
 *
 * @param taken names that the layout uses
 * @returns `near`: whether another folder's name is so similar that it must be a misspelling
 */
export function missingDomain(
  tree: FileTree,
  split: RequiredSplit,
  [dir, name]: readonly [dir: string, name: string],
  above: Entries,
  taken: readonly string[],
): { readonly problem: Problem; readonly near: boolean } {
  const unknownFolders = above.folders.filter((folder) => !taken.includes(folder));
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const near = unknownFolders.find((folder) => bare(folder) === bare(name)) ?? didYouMean(name, unknownFolders);
  const advice = split.startsWith('test')
    ? `Move some images of ${split.replace('test', 'train')} there (20 are enough); evaluation and samples need images that training has not seen. Without testA and testB, a part of the training images is kept for tests.`
    : 'Put the training images of this domain there.';
  const cure = near === undefined ? `Create the folder. ${advice}` : `Is "${near}" meant? Rename it to "${name}".`;
  const message = `${tree.label}: there is no folder ${tree.show(below(dir, name))}. Found beside it: ${describeEntries(above)}.`;
  return { problem: { code: 'missing-domain', message, cure: tree.cure ?? cure }, near: near !== undefined };
}

/** The problem of a folder without images. */
export function emptyDomain(tree: FileTree, dir: string, { others }: Images): Problem {
  const cure =
    others.count === 0
      ? 'Put this domain’s images there.'
      : `Convert the files to one of the kinds that can be read: ${EXTENSIONS.map((ending) => ending.slice(1)).join(', ')}.${programsFor(others)}`;
  const message = `${tree.label}: no images in ${tree.show(dir)}; found ${others.describe() || 'nothing'}.`;
  return { code: 'empty-domain', message, cure: tree.cure ?? cure };
}

/** A line for each kind that a known program converts. */
function programsFor({ contents }: FileTally): string {
  const programs = contents.flatMap((kind) => conversionOf(kind) ?? []);
  return programs.map((program) => `\n    ${program}`).join('');
}

/** The problem of a tree in none of the layouts. */
export async function noLayout(
  tree: FileTree,
  top: Entries,
  domains: readonly string[] | null,
  { inA, inB }: { readonly inA: Entries | undefined; readonly inB: Entries | undefined },
): Promise<Problem> {
  const names = domains ?? ['A', 'B'];
  if (domains !== null || inA !== undefined || inB !== undefined) {
    return missingNamedFolder(tree, top, names[inA === undefined ? 0 : 1]!, names);
  }
  return (
    (await nestedDataSet(tree, top)) ??
    (await unnamedDomains(tree, top)) ?? {
      code: 'missing-domain',
      message: `${tree.label}: ${tree.show('')} is not laid out as a data set. Found in it: ${describeEntries(top)}.`,
      cure: tree.cure ?? LAYOUT,
    }
  );
}

function missingNamedFolder(tree: FileTree, top: Entries, name: string, names: readonly string[]): Problem {
  const near = didYouMean(name, top.folders, names);
  const message = `${tree.label}: there is no folder ${tree.show(name)}. Found beside it: ${describeEntries(top)}.`;
  const cure = near === undefined ? LAYOUT : `Did you mean "${near}"?`;
  return { code: 'missing-domain', message, cure };
}

/** Finds data sets in subfolders: an archive often unpacks as set/set/trainA, or as set/set/set/trainA. */
async function nestedDataSet(tree: FileTree, top: Entries): Promise<Problem | undefined> {
  const level = top.folders.slice(0, 100);
  const found = (await dataSetsAmong(tree, level)) ?? (await dataSetsAmong(tree, await foldersIn(tree, level)));
  if (found === undefined) return undefined;
  const sets = found.map((dir) => `"${visible(dir)}"`).join(' and ');
  const are = found.length > 1 ? `folders ${sets} are data sets` : `folder ${sets} is a data set`;
  const message = `${tree.label}: ${tree.show('')} has no trainA, trainB, testA and testB, but its ${are}.`;
  const cure =
    tree.choose?.(found) ?? tree.cure ?? `Set ${tree.label} to ${found.map((dir) => tree.show(dir)).join(' or ')}.`;
  return { code: 'nested-dataset', message, cure };
}

async function dataSetsAmong(tree: FileTree, dirs: readonly string[]): Promise<string[] | undefined> {
  const found: string[] = [];
  for (const dir of dirs) {
    const inside = (await tree.entries(dir).catch(() => undefined))?.folders ?? [];
    const has = (...names: string[]) => names.filter((each) => inside.includes(each)).length >= 2;
    if (has(...REQUIRED_SPLITS) || has('A', 'B')) found.push(dir);
  }
  return found.length === 0 ? undefined : found.slice(0, 3);
}

async function foldersIn(tree: FileTree, dirs: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const dir of dirs) {
    const inside = await tree.entries(dir).catch(() => undefined);
    found.push(...(inside?.folders ?? []).map((name) => below(dir, name)));
  }
  return found.slice(0, 100);
}

/** Two folders of images whose names do not show which is A. */
async function unnamedDomains(tree: FileTree, top: Entries): Promise<Problem | undefined> {
  const train = top.folders.includes('train') ? await tree.entries('train') : undefined;
  const { folders } = train ?? top;
  if (folders.length !== 2) return undefined;
  const where = tree.show(train === undefined ? '' : 'train');
  return {
    code: 'unnamed-domains',
    message: `${tree.label}: ${where} has the folders ${folders.map(visible).join(' and ')}; their names do not show which is A (to translate from) and which is B (to).`,
    cure: `Set dataset.domains to [${folders.join(', ')}], A first.`,
  };
}

/** The entries beside a missing folder, for a message. */
function describeEntries({ folders, files }: Entries): string {
  if (folders.length > 0) return `the folder${folders.length > 1 ? 's' : ''} ${list(folders)}`;
  const tally = new FileTally();
  for (const file of files) tally.add(file);
  return files.length > 0 ? `no folders, ${tally.describe()}` : 'nothing';
}

function list(names: readonly string[]): string {
  const most = 8;
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return names.slice(0, most).map(visible).join(', ') + rest;
}
