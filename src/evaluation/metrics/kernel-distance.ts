import type { Reference } from '../../registry/config.js';
import type { Features, MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { keyedRandom, type Random } from '../../support/keyed-random.js';
import { percentiles, resampleCounts } from '../bootstrap.js';
import { featureMetric } from '../feature-metric.js';
import { EXTRACTOR } from './extractor-option.js';
import { products } from './rows.js';
import { meanAcross, meanOfPairs } from './resampled-pairs.js';

export interface KernelDistanceOptions {
  readonly extractor: Reference;
  readonly subsets: number;
  readonly subset_size: number;
}

export const kernelDistance: MetricComponent<KernelDistanceOptions> = {
  summary:
    'Kernel distance (KID’s formula) between the features of the translations and of the real targets; 0 is the same.',
  details:
    'The squared maximum mean discrepancy with the kernel (x·y/d + 1)³ (Bińkowski et al. 2018, section 3), unbiased, so its expectation does not depend on the number of images, and it may be slightly negative. The mean over random subsets, which are drawn as in clean-fid; not multiplied by 100 or 1000, as papers often do. It is called `kd-EXTRACTOR`, and `kid` only over `inception`.',
  schema: {
    properties: {
      extractor: EXTRACTOR,
      subsets: {
        description: 'Number of random subsets over which the distance is averaged.',
        type: 'integer',
        minimum: 1,
        maximum: 10_000,
        default: 100,
      },
      subset_size: {
        description: 'Images of each set in a subset; fewer if one of the sets has fewer.',
        type: 'integer',
        minimum: 2,
        maximum: 10_000,
        default: 1000,
      },
    },
  },
  create: (options) =>
    featureMetric(
      {
        better: 'lower',
        label: 'kd',
        standardName: 'kid',
        needs: { targets: true, images: 2, extractor: options.extractor },
      },
      async ({ translated, targets }) => ({ values: await kernelDistanceOf(translated, targets, options) }),
    ),
};

/**
 * The kernel distance of two sets of features, with its interval; not a number if a set has fewer than two images.
 *
 * The interval is the percentile bootstrap over the images of both sets, of the estimator over all images. A resample has images twice, and
 * the kernel of an image with itself, which the unbiased estimator leaves out, is larger than others: so pairs of an image and its own copy
 * are left out too, or every resample would be shifted upwards.
 */
export async function kernelDistanceOf(
  x: Features,
  y: Features,
  options: Pick<KernelDistanceOptions, 'subsets' | 'subset_size'>,
): Promise<MetricValue> {
  const kernels = { xx: await kernel(x, x), yy: await kernel(y, y), xy: await kernel(x, y) };
  const value = meanOverSubsets(kernels, x.count, y.count, options);
  if (!Number.isFinite(value)) return { value, count: x.count };
  return { value, count: x.count, interval: await intervalOf(kernels, x.count, y.count) };
}

/** (x·y/d + 1)³ of all pairs. */
interface Kernels {
  /** [n, n] of n images. */
  readonly xx: Float64Array;
  /** [m, m] of m images. */
  readonly yy: Float64Array;
  /** [n, m] */
  readonly xy: Float64Array;
}

async function kernel(a: Features, b: Features): Promise<Float64Array> {
  const dots = await products(a, b);
  return new Float64Array(dots).map((dot) => (dot / a.width + 1) ** 3);
}

/** As `kernel_distance` of clean-fid. */
function meanOverSubsets(
  { xx, yy, xy }: Kernels,
  n: number,
  m: number,
  { subsets, subset_size }: Pick<KernelDistanceOptions, 'subsets' | 'subset_size'>,
): number {
  const size = Math.min(n, m, subset_size);
  // Subsets of all images are all the same.
  const draws = size === n && size === m ? 1 : subsets;
  let sum = 0;
  for (let subset = 0; subset < draws; subset++) {
    const random = keyedRandom('kernel-distance', subset);
    const [a, b] = [subsetOf(n, size, random), subsetOf(m, size, random)];
    const same = (sumOver(xx, n, a, a) - diagonal(xx, n, a) + sumOver(yy, m, b, b) - diagonal(yy, m, b)) / (size - 1);
    sum += (same - (2 * sumOver(xy, m, a, b)) / size) / size;
  }
  return sum / draws;
}

/** `size` of `n` indices, without replacement (Fisher and Yates). */
function subsetOf(n: number, size: number, random: Random): Int32Array {
  const indices = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const other = i + random.int(n - i);
    [indices[i], indices[other]] = [indices[other]!, indices[i]!];
  }
  return indices.subarray(0, size);
}

function sumOver(matrix: Float64Array, width: number, rows: Int32Array, columns: Int32Array): number {
  let sum = 0;
  for (const row of rows) for (const column of columns) sum += matrix[row * width + column]!;
  return sum;
}

function diagonal(matrix: Float64Array, width: number, indices: Int32Array): number {
  let sum = 0;
  for (const index of indices) sum += matrix[index * (width + 1)]!;
  return sum;
}

async function intervalOf({ xx, yy, xy }: Kernels, n: number, m: number): Promise<[number, number]> {
  const [x, y] = [resampleCounts(n, 'x'), resampleCounts(m, 'y')];
  // The distance stays the same if all kernels change by the same amount; float32 sums of smaller numbers are more exact.
  const middle = xy.reduce((sum, value) => sum + value, 0) / xy.length;
  const aroundMiddle = (matrix: Float64Array) => matrix.map((value) => value - middle);
  const [withinX, withinY, across] = [
    await meanOfPairs(x, aroundMiddle(xx), n),
    await meanOfPairs(y, aroundMiddle(yy), m),
    await meanAcross(x, y, aroundMiddle(xy), n, m),
  ];
  return percentiles(across.map((mean, i) => withinX[i]! + withinY[i]! - 2 * mean));
}
