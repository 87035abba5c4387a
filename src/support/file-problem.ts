import { diskFullCode } from './disk-full.js';
import { errorCode } from './files.js';
import type { Problem } from './problem.js';

/** Errors of the file system that a program cannot prevent, with their cures. */
const FILE_ERRORS: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
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
 * Explains an error of the file system.
 *
 * @param what the subject of the message: `Stage "train"`
 * @returns `undefined` for other errors
 */
export function fileProblem(error: unknown, what: string): Problem | undefined {
  const { path, syscall } = error as { readonly path?: string; readonly syscall?: string };
  // Node's error if it cannot create parent folders, such as on a read-only file system.
  const noFolder = errorCode(error) === 'ENOENT' && syscall === 'mkdir';
  const full = diskFullCode(error);
  const code = noFolder ? 'EROFS' : (full ?? errorCode(error));
  const found = code === undefined ? undefined : FILE_ERRORS[code];
  if (found === undefined) return undefined;
  const [problem, cure] = found;
  const where = path === undefined ? '' : ` (${path})`;
  return {
    code: full !== undefined ? 'disk-full' : 'file-system',
    message: `${what} could not go on: ${problem}${where}.`,
    cure,
  };
}
