import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { didYouMean } from '../../../support/did-you-mean.js';
import { errorCode } from '../../../support/files.js';
import { ProblemError, type Problem } from '../../../support/problem.js';
import { LAYOUT } from '../arranged/layout-problems.js';
import { sortedNames } from '../arranged/file-order.js';
import { classifyFiles } from '../arranged/classify-files.js';
import type { Entries, Images, FileTree } from '../arranged/file-tree.js';
import { contentKinds } from '../content-hash.js';
import { pathBelow } from '../files-below.js';
import { entriesIn } from './folder-entries.js';
import { walk } from './walk.js';

/** A folder on disk. @param layout the expected layout, for messages */
export function diskTree(root: string, label: string, signal?: AbortSignal, layout = LAYOUT): FileTree {
  const context = { label, layout };
  const show = (dir: string) => join(root, dir);
  return {
    label,
    show,
    entries: (dir) => entriesOrProblem(show(dir), context, dir === ''),
    images: (dir) => images(root, dir, signal).catch(async (error: unknown) => rethrow(error, context)),
  };
}

/** Texts for messages about the folder. */
interface MessageContext {
  readonly label: string;
  readonly layout: string;
}

/** Files without an image's extension are checked by content, once: their kinds are cached like hashes. */
async function images(root: string, dir: string, signal?: AbortSignal): Promise<Images> {
  const { images, others } = await walk(root, dir, signal);
  const kinds = await contentKinds(root, others, pathBelow(root), signal);
  return classifyFiles(images, others, ({ name }) => kinds.get(name));
}

async function entriesOrProblem(path: string, context: MessageContext, isRoot: boolean): Promise<Entries | undefined> {
  try {
    return await entriesOf(path);
  } catch (error) {
    const absent = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '');
    if (absent && !isRoot) return undefined;
    throw (await problemOf(error, path, context)) ?? error;
  }
}

async function entriesOf(path: string): Promise<Entries> {
  const entries = await entriesIn(path);
  const names = (folder: boolean) =>
    sortedNames(entries.filter(({ kind }) => (kind === 'folder') === folder).map(({ name }) => name));
  return { folders: names(true), files: names(false) };
}

async function rethrow(error: unknown, context: MessageContext): Promise<never> {
  const { path } = error as { readonly path?: string | Buffer };
  throw (await problemOf(error, path === undefined ? '' : String(path), context)) ?? error;
}

async function problemOf(error: unknown, path: string, context: MessageContext): Promise<ProblemError | undefined> {
  const problem = await describeProblem(error, path, context);
  return problem === undefined ? undefined : new ProblemError(problem);
}

async function describeProblem(
  error: unknown,
  path: string,
  { label, layout }: MessageContext,
): Promise<Problem | undefined> {
  switch (errorCode(error)) {
    case 'ENOENT': {
      const beside = await entriesOf(dirname(path)).catch(() => undefined);
      const near = didYouMean(basename(path), beside?.folders ?? []);
      const cure = near === undefined ? layout : `Did you mean ${join(dirname(path), near)}?`;
      return { code: 'missing-folder', message: `${label}: there is no folder ${path}.`, cure };
    }
    case 'ENOTDIR': {
      const isFile = await stat(path).then((entry) => entry.isFile(), () => true); // prettier-ignore
      return {
        code: 'not-a-folder',
        message: `${label}: ${path} is ${isFile ? 'a file' : 'something else'}, not a folder.`,
        cure: `If it is an archive (zip, tar, tgz, tar.xz), write dataset.type: archive. If it is a list of images, dataset.type: list. ${layout}`,
      };
    }
    case 'ELOOP':
      return {
        code: 'missing-folder',
        message: `${label}: ${path} is a symbolic link that leads to itself.`,
        cure: 'Remove the link, or give the folder that was meant.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'unreadable-folder',
        message: `${label}: no permission to read ${path}.`,
        cure: 'Change the folder’s permissions, or run as a user who may read it.',
      };
    default:
      return undefined;
  }
}
