import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { acquireLock } from '../../support/lock.js';
import { temporaryPrefix } from '../publish.js';
import { lastUse, type StoreEntry } from './store-entries.js';
import { isLeased } from '../../support/leases.js';

/** A result used within this time is kept: a run that found it may be about to read it. */
export const RECENTLY_MS = 3_600_000;

/** `kept`: it is in use, or already removed. */
export type Removal = 'removed' | 'kept';

/**
 * Removes a result from the store, unless a process has a lease on it or its lock, or used it in the last hour. Runs that start meanwhile are
 * safe: they mark results as used before they read them. If such a mark appears while the result is moved away, it is moved back; a run that
 * misses it in that moment waits for the entry's lock, and finds it then.
 */
export async function removeEntry({ dir, fingerprint }: StoreEntry): Promise<Removal> {
  const store = dirname(dir);
  const lock = await acquireLock(join(store, `${fingerprint}.lock`));
  if (!lock.ok) return 'kept';
  try {
    if (await isUsed(dir, dir)) return 'kept';
    // The name of a temporary folder: the next builder removes it if this process dies now.
    const away = join(store, `${temporaryPrefix(fingerprint)}${randomBytes(4).toString('hex')}`);
    await rename(dir, away);
    if (await isUsed(away, dir)) {
      await rename(away, dir);
      return 'kept';
    }
    await rm(away, { recursive: true, force: true });
    return 'removed';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'kept';
    throw error;
  } finally {
    await lock.release();
  }
}

/** @param now its current path; leases are on `dir` */
async function isUsed(now: string, dir: string): Promise<boolean> {
  const used = await lastUse(now);
  return used === undefined || Date.now() - used < RECENTLY_MS || (await isLeased(dir));
}
