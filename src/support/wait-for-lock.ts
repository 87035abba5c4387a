import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, type LockAttempt, type LockHolder } from './lock.js';

export type AcquiredLock = Extract<LockAttempt, { readonly ok: true }>;

export interface LockWait {
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Told once, with who has it. */
  readonly onWaiting: (holder: LockHolder) => void;
  /** Asked after every pause: whether what the holder made meanwhile leaves anything to do. */
  readonly isNeeded?: () => Promise<boolean>;
}

/** Takes a lock as soon as nobody else has it. @returns nothing when it was aborted, or the lock is not needed any more */
export async function waitForLock(
  path: string,
  { signal, onWaiting, isNeeded }: LockWait,
): Promise<AcquiredLock | undefined> {
  for (let pause = 100, told = false; ; pause = Math.min(1000, pause * 2), told = true) {
    const attempt = await acquireLock(path);
    if (attempt.ok) return attempt;
    if (!told) onWaiting(attempt.holder);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || (await isNeeded?.()) === false) return undefined;
  }
}
