import { setTimeout as delay } from 'node:timers/promises';
import { MlflowError } from './error.js';
import type { Patience } from './settings.js';

/** The passing of time and chance, which tests bring their own of. */
export interface Waiting {
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

export const WAITING: Waiting = {
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
  random: Math.random,
};

/** The longest pause, and the longest that a server may ask for. */
const LONGEST = 120_000;

/** Tries until it works, what may pass by itself, as often as patience allows. @throws what the last attempt did; the signal's reason */
export async function persist<T>(
  attempt: () => Promise<T>,
  patience: Patience,
  waiting: Waiting,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error) || failures > patience.retries) throw error;
      await pause(failures, error, patience, waiting, signal);
    }
  }
}

export function isTemporary(error: unknown): error is MlflowError {
  return error instanceof MlflowError && error.temporary;
}

/** Before another attempt. @param failures from 1 @throws the signal's reason */
export async function pause(
  failures: number,
  error: MlflowError,
  { backoff, jitter, heedsRetryAfter }: Patience,
  { sleep, random }: Waiting,
  signal: AbortSignal | undefined,
): Promise<void> {
  const own = backoff * 2 ** (failures - 1) + jitter * random();
  const asked = heedsRetryAfter ? (error.retryAfter ?? 0) : 0;
  try {
    await sleep(Math.min(LONGEST, Math.max(own, asked)), signal);
  } finally {
    signal?.throwIfAborted();
  }
}
