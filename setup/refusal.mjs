import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { SetupError } from './say.mjs';

/**
 * Explains permission and space errors of the file system; returns other errors unchanged.
 * @param {unknown} error
 * @param {string} path which could not be written, where the error does not say
 * @param {string} cure
 */
export function explainRefusal(error, path, cure) {
  const { code = '', syscall, path: refused = path } = /** @type {NodeJS.ErrnoException} */ (error);
  const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EDQUOT'];
  // Node's error if it cannot create parent folders, such as on a read-only file system, is ENOENT.
  if (syscall === 'mkdir') refusals.push('ENOENT', 'EEXIST');
  if (!(error instanceof Error) || !refusals.includes(code)) return error;
  return new SetupError(`cannot write ${refused} (${code}).`, cure);
}

/** @param {string} path */
export const isWritable = (path) => whyNotWritable(path) === undefined;

/** @param {string} path @returns {string | undefined} the file system's word for it */
function whyNotWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return String(/** @type {NodeJS.ErrnoException} */ (error).code);
  }
}

/**
 * Fails early if a folder of the checkout cannot be written.
 * @param {string} root the checkout
 * @param {readonly string[]} parts of it that would be written, if they are there
 * @param {string} need what is to be done: `npm packages are missing`
 */
export function requireWritable(root, parts, need) {
  const refused = [root, ...parts].find((path) => existsSync(path) && !isWritable(path));
  if (refused === undefined) return;
  const owner = nameOf(statSync(refused).uid);
  const reason =
    whyNotWritable(refused) === 'EROFS'
      ? `${refused} is on a read-only file system`
      : `${refused}, which belongs to ${owner}, cannot be written by ${nameOf(process.getuid?.())}`;
  throw new SetupError(
    `${need}, and ${reason}.`,
    `Have ${owner} run ${join(root, 'runner')} setup once, where it can be written; or use a copy of your own (git clone ${root}).`,
  );
}

/** @param {number | undefined} uid */
function nameOf(uid) {
  try {
    const { uid: own, username } = userInfo();
    if (uid === undefined || uid === own) return username;
  } catch {
    // A user without a name, as in a container.
  }
  return uid === 0 ? 'root' : `user ${uid}`;
}
