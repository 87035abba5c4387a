import { keyedRandom, type Random } from '../support/keyed-random.js';

export interface BootstrapOptions {
  /** Number of resamples. */
  readonly resamples?: number;
  readonly seed?: number;
  /** The probability that the interval covers, such as 0.95. */
  readonly level?: number;
}

/**
 * The percentile bootstrap interval of a statistic over a sample of `n` items (Efron 1979, "Bootstrap methods: another look at the
 * jackknife"; the percentile interval is section 13.3 of Efron and Tibshirani 1993). Each resample draws `n` items with replacement. The
 * numbers depend on `seed` and `n` only, so equal calls give equal intervals. For a paired comparison of two samples, use the same
 * `indices` for both in one statistic.
 *
 * @param statistic of the items at `indices`, which is reused between calls; results that are not finite are left out
 * @returns from, to; both NaN if there is no item or no finite result
 */
export function bootstrapInterval(
  n: number,
  statistic: (indices: Int32Array) => number,
  { resamples = 1000, seed = 0, level = 0.95 }: BootstrapOptions = {},
): [number, number] {
  if (n < 1) return [NaN, NaN];
  const random = keyedRandom('bootstrap', seed, n);
  const indices = new Int32Array(n);
  const results: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const result = statistic(drawn(indices, random));
    if (Number.isFinite(result)) results.push(result);
  }
  return percentiles(results, level);
}

/**
 * How often each of `n` items is drawn in each resample: for statistics that are computed for all resamples at once, or in which an item must
 * not meet its own copy.
 *
 * @param sample tells the draws of two independent samples apart
 * @returns [resamples, n], row after row; each row sums to n
 */
export function resampleCounts(n: number, sample: string, { resamples = 1000, seed = 0 }: BootstrapOptions = {}) {
  const random = keyedRandom('bootstrap', sample, seed, n);
  const counts = new Float32Array(resamples * n);
  for (let draw = 0; draw < counts.length; draw++) counts[draw - (draw % n) + random.int(n)]! += 1;
  return counts;
}

/** The interval between the outer quantiles of a statistic's results over resamples. Sorts `results`. */
export function percentiles(results: number[], level = 0.95): [number, number] {
  results.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return [quantile(results, tail), quantile(results, 1 - tail)];
}

function drawn(indices: Int32Array, random: Random): Int32Array {
  for (let i = 0; i < indices.length; i++) indices[i] = random.int(indices.length);
  return indices;
}

/** Between neighbours, linear: the default of `numpy.quantile`. */
function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) return NaN;
  const at = share * (ascending.length - 1);
  const [low, high] = [ascending[Math.floor(at)]!, ascending[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}
