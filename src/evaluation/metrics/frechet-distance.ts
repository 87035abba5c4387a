import * as tf from '@tensorflow/tfjs-core';
import { nativeOps } from '../../engine/ops.js';
import type { Reference } from '../../registry/config.js';
import type { MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { featureMetric } from '../feature-metric.js';
import { jackknifeInterval } from '../jackknife.js';
import { EXTRACTOR } from './extractor-option.js';
import { centred, type CentredRows, type Rows } from './rows.js';

export const frechetDistance: MetricComponent<{ readonly extractor: Reference }> = {
  summary:
    'Fréchet distance (FID’s formula) between the features of the translations and of the real targets; 0 is the same.',
  details:
    '|μ₁ - μ₂|² + tr(S₁ + S₂ - 2 (S₁S₂)^½) of the means and covariances (Heusel et al. 2017, equation 6; covariances divided by n - 1). It grows with fewer images, so compare only numbers over equally many; with less images than features, prefer the kernel distance. It is called `fd-EXTRACTOR`, and `fid` only over `inception`.',
  schema: { properties: { extractor: EXTRACTOR } },
  create: ({ extractor }) =>
    featureMetric(
      { better: 'lower', label: 'fd', standardName: 'fid', needs: { targets: true, images: 2, extractor } },
      async ({ translated, targets }) => ({ values: await frechetDistanceOf(translated, targets) }),
    ),
};

/**
 * The Fréchet distance of two sets of features, with its interval; not a number if a set has fewer than two images.
 *
 * With centred features X₁ and X₂, the eigenvalues of S₁S₂ are the squared singular values of M = X₁X₂ᵀ / √((n₁-1)(n₂-1)): both are those of
 * a product of two matrices in either order. So tr (S₁S₂)^½ is the sum of the singular values of M, exactly, also where the covariances have
 * no full rank, and without a matrix root. M is [n₁, n₂]; with more images than features, X₁ and X₂ are first reduced by a QR
 * decomposition.
 *
 * The interval is for the distance at these numbers of images, by the infinitesimal jackknife. The influence of an image x of the first set, with M = UΣVᵀ, is
 * 2 (μ₁ - μ₂)·(x - μ₁) + n/(n-1) |x - μ₁|² - tr S₁ - (n (UΣUᵀ)ₓₓ - tr Σ): the derivative of tr (S₁S₂)^½ by S₁ is half the optimal transport map
 * between the two Gaussians.
 */
export async function frechetDistanceOf(a: Rows, b: Rows): Promise<MetricValue> {
  if (a.count < 2 || b.count < 2) return { value: NaN, count: a.count };
  const [x, y] = [centred(a), centred(b)];
  const overlap = await overlapOf(x, y);
  const [traceX, traceY] = [traceOf(x), traceOf(y)];
  const shift = x.mean.map((value, k) => value - y.mean[k]!);
  const value = dot(shift, shift) + traceX + traceY - 2 * overlap.trace;
  const influences = [
    influencesOf(x, shift, traceX, overlap.left, overlap.trace),
    influencesOf(
      y,
      shift.map((difference) => -difference),
      traceY,
      overlap.right,
      overlap.trace,
    ),
  ];
  const [low, high] = jackknifeInterval(value, influences);
  return { value, count: a.count, interval: [Math.max(0, low), high] };
}

/** tr (S₁S₂)^½ and the diagonals of UΣUᵀ and VΣVᵀ. */
interface Overlap {
  readonly trace: number;
  readonly left: Float32Array;
  readonly right: Float32Array;
}

async function overlapOf(x: CentredRows, y: CentredRows): Promise<Overlap> {
  const { sum, left, right } = tf.tidy(() => {
    const [a, b] = [reduced(x), reduced(y)];
    const product = tf.matMul(a.rows, b.rows, false, true);
    const [sigma, u, v] = nativeOps(
      'Svd',
      [product],
      { T: { type: 'float32' }, compute_uv: true, full_matrices: false },
      3,
    );
    const weighted = (base: tf.Tensor2D | undefined, vectors: tf.Tensor) =>
      tf.sum(tf.mul(tf.square(base === undefined ? vectors : tf.matMul(base, vectors as tf.Tensor2D)), sigma!), 1);
    return { sum: tf.sum(sigma!), left: weighted(a.base, u!), right: weighted(b.base, v!) };
  });
  try {
    return {
      trace: (await sum.data())[0]!,
      left: (await left.data()) as Float32Array,
      right: (await right.data()) as Float32Array,
    };
  } finally {
    tf.dispose([sum, left, right]);
  }
}

/** X / √(n-1), or, with more rows than columns, the R of its QR decomposition, which has the same products; `base` is then the Q. */
function reduced({ count, width, values }: Rows): { readonly rows: tf.Tensor2D; readonly base?: tf.Tensor2D } {
  const rows = tf.div<tf.Tensor2D>(tf.tensor2d(values, [count, width]), Math.sqrt(count - 1));
  if (count <= width) return { rows };
  const [q, r] = nativeOps<tf.Tensor2D>('Qr', [rows], { T: { type: 'float32' }, full_matrices: false }, 2);
  return { rows: r!, base: q! };
}

function influencesOf(
  { count, width, values }: CentredRows,
  shift: Float64Array,
  trace: number,
  overlaps: Float32Array,
  overlap: number,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const x = Float64Array.from(values.subarray(i * width, (i + 1) * width));
    const spread = (count / (count - 1)) * dot(x, x) - trace;
    return 2 * dot(shift, x) + spread - (count * overlaps[i]! - overlap);
  });
}

/** The trace of the covariance. */
function traceOf({ count, values }: CentredRows): number {
  return dot(values, values) / (count - 1);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
