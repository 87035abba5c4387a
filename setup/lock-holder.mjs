import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { lifeSocketPath, livesAt } from './life-socket.mjs';
import { bootOf, lives, markOf, pidNamespace, processIdentity } from './process-identity.mjs';

/** @import { LockHolder } from './lock-file.mjs' */

/** How long writing a lock may take on a file system without hard links. */
const WRITING_MS = 10_000;

/** @returns {LockHolder} */
export function newHolder() {
  return {
    id: randomBytes(6).toString('hex'),
    ...markOf(process.pid),
    host: hostname(),
    start: new Date().toISOString(),
    namespace: pidNamespace(),
  };
}

/** @param {string} path @returns {Promise<LockHolder | undefined>} undefined when there is none (any more) */
export async function readHolder(path) {
  try {
    return parseHolder(await readFile(path, 'utf8')) ?? (await unreadable(path));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A holder that cannot be checked counts as alive. @param {string} path @param {LockHolder} holder @returns {Promise<boolean>} */
export async function isAlive(path, holder) {
  // A time far in the future comes from a wrong clock, and is ignored.
  if (holder.pid === 0) return Math.abs(Date.now() - Date.parse(holder.start)) < WRITING_MS;
  if (!isElsewhere(holder)) return lives(holder) || (holder.child !== undefined && lives(holder.child));
  return !isSameBoot(holder.process) || ((await livesAt(lifeSocketPath(path, holder.id))) ?? true);
}

/** @type {typeof import('./lock-file.mjs').isElsewhere} */
export function isElsewhere({ host, namespace, process: identity }) {
  return isSameBoot(identity) ? namespace !== undefined && namespace !== pidNamespace() : host !== hostname();
}

/** @param {string} text @returns {LockHolder | undefined} */
export function parseHolder(text) {
  try {
    const found = JSON.parse(text);
    const holder = typeof found.process === 'object' ? fromOlderSetup(found) : found;
    return typeof holder.id === 'string' && /^\w+$/.test(holder.id) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** What set-up wrote before it shared this lock with the runs. @param {any} found @returns {LockHolder} */
function fromOlderSetup({ process: { pid, identity = '', namespace }, started, child, ...rest }) {
  const mark = child && { pid: child.pid, process: child.identity ?? '' };
  return { ...rest, pid, process: identity, namespace, start: started, child: mark };
}

/**
 * A lock that was not written by us, or cut short by a machine that went down; a young one can be one that is being written. Each has an id of its
 * own, as every holder has.
 * @param {string} path
 * @returns {Promise<LockHolder>}
 */
async function unreadable(path) {
  const { ino, mtime } = await stat(path);
  const id = `unreadable_${ino}_${mtime.getTime()}`;
  return { id, pid: 0, host: hostname(), start: mtime.toISOString(), process: '' };
}

/** Whether an identity is of a process of this machine since it was started: its containers have other host names. @param {string} identity */
function isSameBoot(identity) {
  const boot = bootOf(processIdentity(process.pid) ?? '');
  return boot !== undefined && boot === bootOf(identity);
}
