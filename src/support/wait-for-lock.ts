import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, type LockAttempt, type LockHolder } from './lock.js';

export type AcquiredLock = Extract<LockAttempt, { readonly ok: true }>;

export interface LockWait {
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Called once, with the current holder. */
  readonly onWaiting: (holder: LockHolder) => void;
  /** Called after every pause: whether the lock is still needed, after the holder's work. */
  readonly isNeeded?: () => Promise<boolean>;
}

/** Acquires a lock as soon as it is free. @returns `undefined` if aborted, or if the lock is no longer needed */
export async function waitForLock(
  path: string,
  { signal, onWaiting, isNeeded }: LockWait,
): Promise<AcquiredLock | undefined> {
  for (let pause = 100, notified = false; ; pause = Math.min(1000, pause * 2), notified = true) {
    const attempt = await acquireLock(path);
    if (attempt.ok) return attempt;
    if (!notified) onWaiting(attempt.holder);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted || (await isNeeded?.()) === false) return undefined;
  }
}
