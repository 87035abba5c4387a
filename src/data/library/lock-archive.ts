import type { SourceWork } from '../../registry/kinds/dataset.js';
import { adviceOnHolder, describeHolder } from '../../support/lock.js';
import { waitForLock } from '../../support/wait-for-lock.js';
import { lockFor } from './places.js';

/**
 * Waits until nobody else is at an archive; what was made meanwhile is for the caller to see.
 *
 * @returns what ends the turn
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
    work.note('info', `${describeHolder(lock.tookOver)}, died while fetching ${name}; going on with what it left.`);
  }
  return lock.release;
}
