import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { acquireLock } from '../../support/lock.js';
import { temporaryPrefix } from '../publish.js';
import { lastUse, type StoreEntry } from './store-entries.js';
import { isHeld } from '../../support/leases.js';

/** What was used this lately is needed: a run that found it there may be about to read it. */
export const RECENTLY_MS = 3_600_000;

/** `kept`: somebody needs it, or it is gone already. */
export type Removal = 'removed' | 'kept';

/**
 * Removes a result from the store, unless somebody uses it: holds it or its lock, or has used it in the last hour. Runs that start
 * meanwhile are safe: they mark their results as used before they look for them. When a mark appears while the result is moved out of the way,
 * it is put back; who looks in that moment waits for the entry's lock, and finds it there.
 */
export async function removeEntry({ dir, fingerprint }: StoreEntry): Promise<Removal> {
  const store = dirname(dir);
  const lock = await acquireLock(join(store, `${fingerprint}.lock`));
  if (!lock.ok) return 'kept';
  try {
    if (await isUsed(dir, dir)) return 'kept';
    // A name that whoever builds it next takes for a dead builder's, should this process die now.
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

/** @param now where it lies now; holds and people know it by `dir` */
async function isUsed(now: string, dir: string): Promise<boolean> {
  const used = await lastUse(now);
  return used === undefined || Date.now() - used < RECENTLY_MS || (await isHeld(dir));
}
