/** How long a download waits for what, in milliseconds; tests are less patient. */
export interface RetryPolicy {
  /** For a connection to open. */
  readonly connect: number;
  /** For the next byte. */
  readonly stall: number;
  /** Attempts that fail one after the other without bringing much. */
  readonly tries: number;
  /** The first pause before another attempt; it doubles each time. */
  readonly pause: number;
  /** The longest pause, and the longest that a server may ask for. */
  readonly longest: number;
}

export const RETRY_POLICY: RetryPolicy = { connect: 15_000, stall: 30_000, tries: 6, pause: 1000, longest: 120_000 };

/** Exponential backoff with jitter (half of it at random), so that many waiting clients do not come back at once. @param failures from 1 */
export function pauseBefore(failures: number, { pause, longest }: RetryPolicy): number {
  const full = Math.min(longest / 4, pause * 2 ** (failures - 1));
  return full / 2 + (Math.random() * full) / 2;
}
