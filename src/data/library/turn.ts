import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { acquireLock, adviceOnHolder, describeHolder } from '../../support/lock.js';
import type { LibraryEntry } from './entry.js';
import { lockFor } from './places.js';

/** What another process has made meanwhile, or our turn to make it. */
export type Turn = { readonly made: LibraryEntry } | { readonly release: () => Promise<void> };

/**
 * Waits until nobody else is at an archive.
 *
 * @param look whether it is there by now
 * @throws the signal's reason, when it is aborted
 */
export async function turnAt(
  key: string,
  name: string,
  work: SourceWork,
  look: () => Promise<LibraryEntry | undefined>,
): Promise<Turn> {
  const path = lockFor(key);
  for (let pause = 100, told = false; ; pause = Math.min(1000, pause * 2), told = true) {
    const attempt = await acquireLock(path);
    if (attempt.ok) {
      const { release, tookOver } = attempt;
      if (tookOver !== undefined)
        work.note('info', `${describeHolder(tookOver)}, was fetching ${name} and died; going on.`);
      return { release };
    }
    if (!told) {
      const advice = adviceOnHolder(path, attempt.holder);
      const text = `${name} is being fetched by ${describeHolder(attempt.holder)}; waiting for it.`;
      work.note('info', advice === undefined ? text : `${text} ${advice}`);
    }
    await sleep(pause, undefined, { signal: work.signal }).catch(() => undefined);
    work.signal.throwIfAborted();
    const made = await look();
    if (made !== undefined) return { made };
  }
}
