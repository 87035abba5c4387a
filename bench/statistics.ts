/** Lowest and highest of some numbers. */
export type Range = readonly [low: number, high: number];

/** The median; of an even count the mean of the middle two. @throws RangeError for no numbers */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError('There is no median of no numbers.');
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @throws RangeError for no numbers */
export function range(numbers: readonly number[]): Range {
  if (numbers.length === 0) throw new RangeError('There is no range of no numbers.');
  return [Math.min(...numbers), Math.max(...numbers)];
}

export interface Ratio {
  /** The other's median time divided by ours: 1.3 means that we do 1.3 times as much in a second. */
  readonly speed: number;
  /** Median of the ratios of single rounds, whose times were measured within a minute. */
  readonly medianOfRounds: number;
  readonly range: Range;
  readonly rounds: number;
}

/**
 * Compares two series of times, in seconds per round, measured in turns.
 * @returns undefined when no round has both
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
