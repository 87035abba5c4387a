import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { isElsewhere, takeLock, type LockAttempt, type LockHolder } from '#setup/lock-file.mjs';
import { makeFolder } from './files.js';

/** Set-up uses the same locks, and runs before this file is compiled. */
export { lockHolder, type HeldLock, type LockAttempt, type LockHolder } from '#setup/lock-file.mjs';

/**
 * Acquires the lock of a file, or returns its holder. A dead holder's lock is taken over; of several processes that try, one succeeds.
 */
export async function acquireLock(path: string): Promise<LockAttempt> {
  await makeFolder(dirname(path));
  return takeLock(path);
}

/**
 * Removes a file or folder under the lock of what works on it, so that no process begins to meanwhile.
 *
 * @returns `kept` when a process holds the lock
 */
export async function removeLocked(lockPath: string, path: string): Promise<'removed' | 'kept'> {
  const lock = await acquireLock(lockPath);
  if (!lock.ok) return 'kept';
  try {
    await rm(path, { recursive: true, force: true });
    return 'removed';
  } finally {
    await lock.release();
  }
}

/** `process 4242 on thishost since 12:30:00`. */
export function describeHolder(holder: LockHolder): string {
  if (holder.pid === 0) return 'a process that is just starting';
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
  return `process ${holder.pid}${where}, since ${holder.start.replace('T', ' ').slice(0, 19)} UTC`;
}

/** Advice for a lock whose holder cannot be checked, because it is on another machine or in another container. */
export function adviceOnHolder(path: string, holder: LockHolder): string | undefined {
  return isElsewhere(holder) ? `If ${holder.host} does not run it any more, remove the file ${path}.` : undefined;
}
