import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { SPLITS, type Split } from '../../../registry/kinds/dataset.js';
import { didYouMean } from '../../../support/did-you-mean.js';
import { errorCode } from '../../../support/files.js';
import { ProblemError, type Problem } from '../../../support/problem.js';

const EXTENSIONS = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif'];
const LAYOUT =
  'It must hold four folders with pictures: trainA, trainB, testA and testB (A is what to translate from, B to).';

/**
 * The picture files of each split, sorted by name in code-point order.
 *
 * @throws ProblemError with everything that is wrong with the folder at once
 */
export async function surveyFolder(root: string): Promise<Record<Split, readonly string[]>> {
  const entries = await look(root);
  if ('problem' in entries) throw new ProblemError(entries.problem);
  const nested = await nestedIn(root, entries.folders);
  if (nested !== undefined) throw new ProblemError(nested);

  const splits = await Promise.all(SPLITS.map(async (split) => [split, await domain(root, split, entries)] as const));
  const problems = splits.flatMap(([, found]) => ('problem' in found ? [found.problem] : []));
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  return Object.fromEntries(splits.map(([split, found]) => [split, 'images' in found ? found.images : []])) as Record<
    Split,
    readonly string[]
  >;
}

interface Entries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

async function look(root: string): Promise<Entries | { readonly problem: Problem }> {
  try {
    return await entriesOf(root);
  } catch (error) {
    return { problem: await unreadable(root, error) };
  }
}

/** Links are followed: what they lead to is found out when it is read. */
async function entriesOf(path: string): Promise<Entries> {
  const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'));
  const linksToFolders = await Promise.all(
    entries
      .filter((entry) => entry.isSymbolicLink())
      .map(async ({ name }) => ((await isFolder(join(path, name))) ? [name] : [])),
  ).then((names) => new Set(names.flat()));
  const isFolderEntry = (entry: (typeof entries)[number]) => entry.isDirectory() || linksToFolders.has(entry.name);
  const names = (of: typeof entries) => of.map((entry) => entry.name).sort(byCodePoint);
  return {
    folders: names(entries.filter(isFolderEntry)),
    files: names(entries.filter((entry) => !isFolderEntry(entry) && (entry.isFile() || entry.isSymbolicLink()))),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  );
}

/** UTF-8 bytes sort as code points do; JavaScript's own order is by UTF-16 unit, which differs beyond U+FFFF. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function domain(
  root: string,
  split: Split,
  above: Entries,
): Promise<{ readonly images: readonly string[] } | { readonly problem: Problem }> {
  const path = join(root, split);
  if (!above.folders.includes(split)) return { problem: missingDomain(path, split, above) };
  const entries = await look(path);
  if ('problem' in entries) return entries;
  const images = entries.files.filter((name) => EXTENSIONS.includes(extname(name).toLowerCase()));
  return images.length > 0 ? { images } : { problem: emptyDomain(path, entries) };
}

function missingDomain(path: string, split: Split, above: Entries): Problem {
  const strangers = above.folders.filter((name) => !(SPLITS as readonly string[]).includes(name));
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
  const near = strangers.find((name) => bare(name) === bare(split)) ?? didYouMean(split, strangers);
  const cure = split.startsWith('test')
    ? `Move some pictures of ${split.replace('test', 'train')} there (20 are enough); evaluation and samples need pictures that training has not seen.`
    : 'Put the training pictures of this domain there.';
  return {
    code: 'missing-domain',
    message: `dataset.path: there is no folder ${path}. Found beside it: ${named(above)}.`,
    cure: near === undefined ? `Make the folder. ${cure}` : `Is "${near}" meant? Rename it to "${split}".`,
  };
}

function emptyDomain(path: string, { folders, files }: Entries): Problem {
  const what =
    folders.length > 0 ? `only folders (${list(folders)})` : files.length > 0 ? extensions(files) : 'nothing';
  const cure =
    folders.length > 0
      ? 'Put the pictures into the folder itself, not into folders below it.'
      : files.length > 0
        ? `Convert the files to one of the kinds that can be read: ${EXTENSIONS.map((e) => e.slice(1)).join(', ')}.`
        : 'Put this domain’s pictures there.';
  return { code: 'empty-domain', message: `dataset.path: no pictures in ${path}; found ${what}.`, cure };
}

/** An archive often unpacks as set/set/trainA. */
async function nestedIn(root: string, folders: readonly string[]): Promise<Problem | undefined> {
  if (SPLITS.some((split) => folders.includes(split))) return undefined;
  for (const name of folders) {
    const below = await entriesOf(join(root, name)).catch(() => undefined);
    if (below !== undefined && SPLITS.filter((split) => below.folders.includes(split)).length >= 2) {
      return {
        code: 'nested-dataset',
        message: `dataset.path: ${root} holds no trainA, trainB, testA and testB, but its folder "${name}" does.`,
        cure: `Set dataset.path to ${join(root, name)}.`,
      };
    }
  }
  return undefined;
}

async function unreadable(path: string, error: unknown): Promise<Problem> {
  switch (errorCode(error)) {
    case 'ENOENT': {
      const beside = await entriesOf(dirname(path)).catch(() => undefined);
      const near = didYouMean(basename(path), beside?.folders ?? []);
      const cure = near === undefined ? LAYOUT : `Did you mean ${join(dirname(path), near)}?`;
      return { code: 'missing-folder', message: `dataset.path: there is no folder ${path}.`, cure };
    }
    case 'ENOTDIR':
      return {
        code: 'not-a-folder',
        message: `dataset.path: ${path} is a file, not a folder.`,
        cure: `If it is an archive, unpack it and give the folder. ${LAYOUT}`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'unreadable-folder',
        message: `dataset.path: no permission to read ${path}.`,
        cure: 'Change the folder’s permissions, or run as a user who may read it.',
      };
    default:
      throw error;
  }
}

function named({ folders, files }: Entries): string {
  if (folders.length > 0) return `the folder${folders.length > 1 ? 's' : ''} ${list(folders)}`;
  return files.length > 0 ? `no folders, ${extensions(files)}` : 'nothing';
}

function list(names: readonly string[]): string {
  const most = 8;
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return names.slice(0, most).join(', ') + rest;
}

/** `12 .bmp files and 1 .txt file`. */
function extensions(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const kind = extname(file).toLowerCase() || 'nameless';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
  return most.map(([kind, count]) => `${count} ${kind} file${count > 1 ? 's' : ''}`).join(' and ');
}
