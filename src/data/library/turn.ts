import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { acquireLock, adviceOnHolder, describeHolder } from '../../support/lock.js';
import { lockFor } from './places.js';

/**
 * Waits until nobody else is at an archive; what was made meanwhile is for the caller to see.
 *
 * @returns what ends the turn
 * @throws the signal's reason, when it is aborted
 */
export async function turnAt(key: string, name: string, work: SourceWork): Promise<() => Promise<void>> {
  const path = lockFor(key);
  for (let pause = 100, told = false; ; pause = Math.min(1000, pause * 2), told = true) {
    const attempt = await acquireLock(path);
    if (attempt.ok) {
      const { release, tookOver } = attempt;
      if (tookOver !== undefined)
        work.note('info', `${describeHolder(tookOver)}, died while fetching ${name}; going on with what it left.`);
      return release;
    }
    if (!told) {
      const advice = adviceOnHolder(path, attempt.holder);
      const text = `${name} is being fetched by ${describeHolder(attempt.holder)}; waiting for it.`;
      work.note('info', advice === undefined ? text : `${text} ${advice}`);
    }
    await sleep(pause, undefined, { signal: work.signal }).catch(() => undefined);
    work.signal.throwIfAborted();
  }
}
