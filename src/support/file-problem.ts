import { diskFullCode } from './disk-full.js';
import { errorCode } from './files.js';
import type { Problem } from './problem.js';

/** Troubles of the file system that no program can foresee, with what to do. */
const worldly: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
  ENOSPC: ['the disk is full', 'Make room and give the same command again: it goes on from where it was.'],
  EDQUOT: ['the disk quota is used up', 'Make room and give the same command again: it goes on from where it was.'],
  EROFS: ['the file system is read-only', 'Choose another place (for runs: --runs DIR).'],
  EACCES: ['permission is denied', 'Check who may write there, or choose another place (for runs: --runs DIR).'],
  EPERM: [
    'the operation is not permitted',
    'Check who may write there, or choose another place (for runs: --runs DIR).',
  ],
  ENOTDIR: ['a folder was expected and something else is there', 'Move away what is there.'],
  EEXIST: ['something else is there already', 'Move away what is there.'],
  EISDIR: ['a file was expected and a folder is there', 'Move away what is there.'],
  EMFILE: ['too many files are open', 'Raise the limit with ulimit -n.'],
  EIO: ['the disk does not work (input/output error)', 'Check the disk.'],
};

/**
 * What an error of the file system means to a person.
 *
 * @param what whose trouble it is: `Stage "train"`
 * @returns nothing for errors that are not the world's fault
 */
export function fileProblem(error: unknown, what: string): Problem | undefined {
  const { path, syscall } = error as { readonly path?: string; readonly syscall?: string };
  // What Node answers when it may not make the folders on the way, on a read-only file system among others.
  const noFolder = errorCode(error) === 'ENOENT' && syscall === 'mkdir';
  const full = diskFullCode(error);
  const code = noFolder ? 'EROFS' : (full ?? errorCode(error));
  const trouble = code === undefined ? undefined : worldly[code];
  if (trouble === undefined) return undefined;
  const [problem, cure] = trouble;
  const where = path === undefined ? '' : ` (${path})`;
  return {
    code: full !== undefined ? 'disk-full' : 'file-system',
    message: `${what} could not go on: ${problem}${where}.`,
    cure,
  };
}
