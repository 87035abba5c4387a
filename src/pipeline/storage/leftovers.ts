import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, lockHolder } from '../../support/lock.js';
import { storeRoot } from '../paths.js';
import { foldersIn } from './store-entries.js';
import { isLeaseFile } from '../../support/leases.js';

/** Folders in which results are built or deleted: `.tmp-<start of the fingerprint>-<random>`. */
const TEMPORARY_FOLDER = /^\.tmp-([0-9a-f]{16})-[0-9a-f]{8}$/;

/** Removes a path found by {@link storeLeftovers}. Takes a dead process's lock over first, as another process might do so. */
export async function removeLeftover(path: string): Promise<void> {
  if (!path.endsWith('.lock')) return rm(path, { recursive: true, force: true });
  const lock = await acquireLock(path);
  if (lock.ok) await lock.release();
}

/** Paths in the store left by dead processes: half-built results, locks, leases. */
export async function storeLeftovers(runsRoot: string): Promise<string[]> {
  const root = storeRoot(runsRoot);
  const found: string[] = [];
  for (const type of await foldersIn(root)) {
    const store = join(root, type);
    const temporary = (await foldersIn(store)).filter((name) => TEMPORARY_FOLDER.test(name));
    // Listed after the folders: a process that works in one already had its lock.
    const files = await readdir(store);
    const locks = files.filter((name) => /^[0-9a-f]{64}\.lock$/.test(name));
    const living = new Set<string>();
    for (const lock of [...locks, ...files.filter(isLeaseFile)]) {
      if ((await lockHolder(join(store, lock))) === undefined) found.push(join(store, lock));
      else if (locks.includes(lock)) living.add(lock.slice(0, 16));
    }
    found.push(
      ...temporary.filter((name) => !living.has(TEMPORARY_FOLDER.exec(name)![1]!)).map((name) => join(store, name)),
    );
  }
  return found;
}
