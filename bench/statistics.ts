/** Lowest and highest of some numbers. */
export type Range = readonly [low: number, high: number];

/** The middle of the sorted numbers; of an even count the mean of the two in the middle. @throws RangeError for none */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError('Nothing has no median.');
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @throws RangeError for none */
export function range(numbers: readonly number[]): Range {
  if (numbers.length === 0) throw new RangeError('Nothing has no range.');
  return [Math.min(...numbers), Math.max(...numbers)];
}

export interface Ratio {
  /** The other's median time by ours: 1.3 says that we do 1.3 times as much in a second. */
  readonly speed: number;
  /** The median of the rounds' own ratios: each compares two times of the same minute. */
  readonly medianOfRounds: number;
  readonly range: Range;
  readonly rounds: number;
}

/**
 * Compares two series of times, seconds by round, taken in turns.
 * @returns undefined when there is no round that has both
 */
export function compareTimes(other: readonly number[], ours: readonly number[]): Ratio | undefined {
  const rounds = Math.min(other.length, ours.length);
  if (rounds === 0) return undefined;
  const ratios = Array.from({ length: rounds }, (_, round) => other[round]! / ours[round]!);
  return {
    speed: median(other.slice(0, rounds)) / median(ours.slice(0, rounds)),
    medianOfRounds: median(ratios),
    range: range(ratios),
    rounds,
  };
}
