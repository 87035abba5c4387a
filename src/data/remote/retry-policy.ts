/** Timeouts and retries of a download, in milliseconds; tests use shorter ones. */
export interface RetryPolicy {
  /** Timeout for a connection to open. */
  readonly connect: number;
  /** Timeout for the next byte. */
  readonly stall: number;
  /** Consecutive attempts that fail without much progress. */
  readonly attempts: number;
  /** The first pause before another attempt; it doubles each time. */
  readonly pause: number;
  /** The longest pause, and the longest Retry-After that is obeyed. */
  readonly maxPause: number;
}

export const RETRY_POLICY: RetryPolicy = {
  connect: 15_000,
  stall: 30_000,
  attempts: 6,
  pause: 1000,
  maxPause: 120_000,
};

/** Exponential backoff with jitter (half of it random), so that many waiting clients do not retry at once. @param failures from 1 */
export function pauseBefore(failures: number, { pause, maxPause }: RetryPolicy): number {
  const full = Math.min(maxPause / 4, pause * 2 ** (failures - 1));
  return full / 2 + (Math.random() * full) / 2;
}
