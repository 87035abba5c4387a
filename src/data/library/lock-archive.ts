import type { SourceWork } from '../../registry/kinds/dataset.js';
import { adviceOnHolder, describeHolder } from '../../support/lock.js';
import { waitForLock } from '../../support/wait-for-lock.js';
import { lockFor } from './library-paths.js';

/**
 * Waits until no other process works on an archive. The caller must check what that process published.
 *
 * @returns the function that releases the lock
 * @throws the signal's reason, when it is aborted
 */
export async function lockArchive(key: string, name: string, work: SourceWork): Promise<() => Promise<void>> {
  const path = lockFor(key);
  const lock = await waitForLock(path, {
    signal: work.signal,
    onWaiting(holder) {
      const text = `${name} is being fetched by ${describeHolder(holder)}; waiting for it.`;
      work.note('info', [text, adviceOnHolder(path, holder)].filter(Boolean).join(' '));
    },
  });
  if (lock === undefined) throw work.signal.reason;
  if (lock.tookOver !== undefined) {
    work.note('info', `${describeHolder(lock.tookOver)}, died while fetching ${name}; resuming its download.`);
  }
  return lock.release;
}
