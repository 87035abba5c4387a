import { diskFullCode } from '../../support/disk-full.js';
import { errorCode } from '../../support/files.js';
import { ProblemError } from '../../support/problem.js';

/** Error codes of the file system that need a fix by the user. */
const LASTING = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'];

/** Explains an error of the file system for event files; returns any other error unchanged. */
export function unwritable(dir: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  if (diskFullCode(error) !== undefined) return new Error(`The disk is full: ${dir} cannot be written (${code}).`);
  const message = `The event files in ${dir} cannot be written (${code}).`;
  if (!LASTING.includes(code)) return new Error(message);
  const cure =
    'Check what is at this path and who may write there; then the next `runner run`, or `runner sync`, writes them.';
  return new ProblemError({ code: 'events-unwritable', message, cure });
}
