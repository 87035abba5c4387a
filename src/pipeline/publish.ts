import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, makeFolder } from '../support/files.js';
import { filesIn } from './folder-content.js';
import { holdsOn } from '../support/leases.js';
import { adviceOnHolder, describeHolder, type LockHolder } from '../support/lock.js';
import { waitForLock } from '../support/wait-for-lock.js';
import { readRecord } from './stage-record.js';

export interface StorePublication {
  /** The store of the stage's type. */
  readonly store: string;
  readonly fingerprint: string;
  /** Whether to build it although it is there. */
  readonly force: boolean;
  readonly stop: AbortSignal;
  /** Builds into an empty folder and seals it. @returns whether it is whole */
  build(dir: string): Promise<boolean>;
  onWaiting(holder: string, advice: string | undefined): void;
  onTookOver(holder: LockHolder): void;
  onSetAside(to: string): void;
}

/** `interrupted` while waiting, `unfinished` when the build did not come to its end: then nothing was published. */
export type Published = 'built' | 'made-by-another' | 'unfinished' | 'interrupted';

/**
 * Publishes what a shared stage makes as `<store>/<fingerprint>`: built in a temporary folder, then one rename. Of several processes
 * that need the same, one builds and the others wait; when it dies, one of them takes over.
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

/** What the names of folders start with in which a result is built, or taken apart. */
export function temporaryPrefix(fingerprint: string): string {
  return `.tmp-${fingerprint.slice(0, 16)}-`;
}

/** Removes what dead builders of this fingerprint left: we hold its lock, so no living one is at it. */
async function clean(store: string, fingerprint: string): Promise<void> {
  const left = (await readdir(store)).filter((entry) => entry.startsWith(temporaryPrefix(fingerprint)));
  await Promise.all(left.map((entry) => rm(join(store, entry), { recursive: true, force: true })));
  // Takes away dead processes' marks.
  await holdsOn(join(store, fingerprint));
}

/** Makes room for a forced rebuild, or for one over a broken result. */
async function moveAway(target: string, publication: StorePublication): Promise<void> {
  const to = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(target, to);
    publication.onSetAside(to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Puts everything on the disk before the rename says that it is there. */
async function flush(dir: string): Promise<void> {
  for (const path of await filesIn(dir)) {
    const file = await open(path, 'r');
    await file.sync().finally(() => file.close());
  }
}
