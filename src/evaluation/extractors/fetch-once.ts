import { basename } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { describeHolder } from '../../support/lock.js';
import { waitForLock } from '../../support/wait-for-lock.js';
import { markWeightsUsed } from './weights-cache.js';

export interface WeightsFetch {
  /** Whether the file is there, and whole. */
  readonly isThere: () => Promise<boolean>;
  /** Puts the file into its place by one rename, once its checksum is right. */
  readonly fetch: () => Promise<unknown>;
}

/**
 * Fetches weights into the user's cache, once: one process downloads, others wait for it.
 *
 * @param path see {@link weightsPath}
 * @throws what `fetch` throws @throws the signal's reason, when it is aborted
 */
export async function fetchOnce(path: string, { isThere, fetch }: WeightsFetch, work: SourceWork): Promise<void> {
  if (await isThere()) return markWeightsUsed(path);
  const lock = await waitForLock(`${path}.lock`, {
    signal: work.signal,
    onWaiting: (holder) =>
      work.note('info', `Waiting for ${describeHolder(holder)}, which downloads ${basename(path)}.`),
    isNeeded: async () => !(await isThere()),
  });
  try {
    work.signal.throwIfAborted();
    if (lock !== undefined && !(await isThere())) await fetch();
  } finally {
    await lock?.release();
  }
}
