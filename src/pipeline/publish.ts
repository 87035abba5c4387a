import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, makeFolder } from '../support/files.js';
import { filesIn } from './folder-content.js';
import { leasesOn } from '../support/leases.js';
import { adviceOnHolder, describeHolder, type LockHolder } from '../support/lock.js';
import { waitForLock } from '../support/wait-for-lock.js';
import { readRecord } from './stage-record.js';

export interface StorePublication {
  /** The store of the stage's type. */
  readonly store: string;
  readonly fingerprint: string;
  /** Whether to build it although it exists. */
  readonly force: boolean;
  readonly stop: AbortSignal;
  /** Builds into an empty folder and seals it. @returns whether it is complete */
  build(dir: string): Promise<boolean>;
  onWaiting(holder: string, advice: string | undefined): void;
  onTookOver(holder: LockHolder): void;
  onSetAside(to: string): void;
}

/** `interrupted` while waiting; `unfinished` if the build did not complete: then nothing was published. */
export type Published = 'built' | 'made-by-another' | 'unfinished' | 'interrupted';

/**
 * Publishes the result of a shared stage as `<store>/<fingerprint>`: builds in a temporary folder, then renames it. Of several processes
 * that need the same result, one builds and the others wait; if it dies, another takes over.
 */
export async function publish(publication: StorePublication): Promise<Published> {
  const { store, fingerprint } = publication;
  const target = join(store, fingerprint);
  await makeFolder(store);
  const lock = await lockOrResult(publication, target);
  if (typeof lock === 'string') return lock;
  try {
    if (!publication.force && (await isPublished(target))) return 'made-by-another';
    await clean(store, fingerprint);
    const temporary = join(store, `${temporaryPrefix(fingerprint)}${randomBytes(4).toString('hex')}`);
    await mkdir(temporary);
    try {
      if (!(await publication.build(temporary))) return 'unfinished';
      await flush(temporary);
      await moveAway(target, publication);
      await rename(temporary, target);
      return 'built';
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } finally {
    await lock.release();
  }
}

async function lockOrResult(publication: StorePublication, target: string) {
  const { stop, force } = publication;
  const path = `${target}.lock`;
  const lock = await waitForLock(path, {
    signal: stop,
    onWaiting: (holder) => publication.onWaiting(describeHolder(holder), adviceOnHolder(path, holder)),
    isNeeded: async () => force || !(await isPublished(target)),
  });
  if (lock === undefined) return stop.aborted ? 'interrupted' : 'made-by-another';
  if (lock.tookOver !== undefined) publication.onTookOver(lock.tookOver);
  return lock;
}

async function isPublished(target: string): Promise<boolean> {
  return (await readRecord(target))?.status === 'done';
}

/** The prefix of folders in which a result is built or deleted. */
export function temporaryPrefix(fingerprint: string): string {
  return `.tmp-${fingerprint.slice(0, 16)}-`;
}

/** Removes the leftovers of dead builders of this fingerprint: we hold its lock, so none is alive. */
async function clean(store: string, fingerprint: string): Promise<void> {
  const leftovers = (await readdir(store)).filter((entry) => entry.startsWith(temporaryPrefix(fingerprint)));
  await Promise.all(leftovers.map((entry) => rm(join(store, entry), { recursive: true, force: true })));
  // Removes the leases of dead processes.
  await leasesOn(join(store, fingerprint));
}

/** Moves the existing result away, before a forced rebuild or that of a damaged result. */
async function moveAway(target: string, publication: StorePublication): Promise<void> {
  const to = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(target, to);
    publication.onSetAside(to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Flushes every file to the disk before the rename publishes it. */
async function flush(dir: string): Promise<void> {
  for (const path of await filesIn(dir)) {
    const file = await open(path, 'r');
    await file.sync().finally(() => file.close());
  }
}
