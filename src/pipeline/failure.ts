import { errorCode } from '../support/files.js';
import { type Problem, ProblemError } from '../support/problem.js';

/** Why something did not come to its end; `bug` is a stack trace, where it was not the user's or the world's fault. */
export interface Failure {
  readonly status: 'failed';
  readonly problems: readonly Problem[];
  readonly bug?: string;
}

/** What a thrown error means to a person. @param what whose error it is: `Stage "train"` */
export function failureOf(error: unknown, what: string): Failure {
  if (error instanceof ProblemError) return { status: 'failed', problems: error.problems };
  const code = errorCode(error);
  if (code !== undefined && code in worldly)
    return { status: 'failed', problems: [fileProblem(error as FileError, what)] };
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    status: 'failed',
    problems: [{ code: 'bug', message: `${what} stopped at an unexpected error: ${told}` }],
    bug: (error instanceof Error ? error.stack : undefined) ?? told,
  };
}

type FileError = Error & { readonly code: string; readonly path?: string };

/** Troubles of the file system that no program can foresee, with what to do. */
const worldly: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
  ENOSPC: ['the disk is full', 'Make room and give the same command again: it goes on from where it was.'],
  EDQUOT: ['the disk quota is used up', 'Make room and give the same command again: it goes on from where it was.'],
  EROFS: ['the file system is read-only', 'Choose another place with --runs DIR.'],
  EACCES: ['permission is denied', 'Check who may write there, or choose another place with --runs DIR.'],
  EPERM: ['the operation is not permitted', 'Check who may write there, or choose another place with --runs DIR.'],
  ENOTDIR: ['a folder was expected and something else is there', 'Move away what is there.'],
  EEXIST: ['something else is there already', 'Move away what is there.'],
  EISDIR: ['a file was expected and a folder is there', 'Move away what is there.'],
  EMFILE: ['too many files are open', 'Raise the limit with ulimit -n.'],
  EIO: ['the disk does not work (input/output error)', 'Check the disk.'],
};

function fileProblem(error: FileError, what: string): Problem {
  const [problem, cure] = worldly[error.code]!;
  const where = error.path === undefined ? '' : ` (${error.path})`;
  const code = error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'disk-full' : 'file-system';
  return { code, message: `${what} could not go on: ${problem}${where}.`, cure };
}
