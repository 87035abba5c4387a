import * as tf from '@tensorflow/tfjs-core';
import type { Reference } from '../../registry/config.js';
import type { MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { bootstrapInterval } from '../bootstrap.js';
import { featureMetric } from '../feature-metric.js';
import { shareInterval } from '../share-interval.js';
import { EXTRACTOR } from './extractor-option.js';
import type { Rows } from './rows.js';

export interface NearestNeighboursOptions {
  readonly extractor: Reference;
  readonly images: number;
}

/** Translations are called copies that are closer to a training image than this share of the held-out images' median distance. */
export const COPY_BELOW = 0.5;

export const nearestNeighbours: MetricComponent<NearestNeighboursOptions> = {
  summary:
    'How far the translations are from the nearest training image of the target domain: a generator that copies training images shows.',
  details: `The mean over translations of the cosine distance (1 - cosine, 0 to 2) between their features and those of the nearest training image. \`real\` is the same of held-out real images of the target domain: nearer than that is suspicious, and farther is no fault. The evaluation warns where more translations than held-out images are at less than ${COPY_BELOW} of the held-out images’ median distance, beyond chance; the comparison with held-out images is that of Meehan et al. 2020 ("A non-parametric test to detect data-copying in generative models", arXiv:2004.05675), over normalised features. The report shows the closest translations beside their neighbours.`,
  schema: {
    properties: {
      extractor: EXTRACTOR,
      images: {
        description:
          'Training images to look through, at most: spread evenly over those that there are. Their features are computed once and kept with the prepared images.',
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        default: 5000,
      },
    },
  },
  create: ({ extractor, images }) =>
    featureMetric(
      { better: 'higher', diagnostic: true, label: 'nn', needs: { training: true, extractor } },
      async ({ translated, targets, site }) => {
        const training = await site.trainingFeatures!(images);
        const own = await nearestOf(translated, training);
        const heldOut = await nearestOf(targets, training);
        return {
          values: { ...distanceValue(own.distances, heldOut.distances), referenceCount: training.count },
          perImage: own.distances,
          neighbours: own.rows.map((row) => training.indices[row]!),
        };
      },
    ),
};

/** The mean distance of translations, with the mean of held-out images and a warning if the first are far closer than these. */
export function distanceValue(distances: readonly number[], heldOut: readonly number[]): MetricValue {
  const count = distances.length;
  const value = meanOf(distances);
  const interval = bootstrapInterval(count, (drawn) => drawn.reduce((sum, i) => sum + distances[i]!, 0) / count);
  if (heldOut.length === 0) return { value, count, interval };
  const alarm = copying(distances, heldOut);
  const real = { real: meanOf(heldOut), realCount: heldOut.length };
  return { value, count, interval, ...real, ...(alarm !== undefined && { alarm }) };
}

/** Says how many translations are far closer to training images than held-out images are, if they are more than chance explains. */
function copying(distances: readonly number[], heldOut: readonly number[]): string | undefined {
  const limit = COPY_BELOW * medianOf(heldOut);
  const below = (all: readonly number[]) => all.filter((distance) => distance < limit).length;
  const [own, theirs] = [below(distances), below(heldOut)];
  // Held-out images have near-copies in the training part, too: frames of one film, the same photograph twice.
  const [least] = shareInterval(own / distances.length, distances.length);
  const [, most] = shareInterval(theirs / heldOut.length, heldOut.length);
  if (own === 0 || least <= most) return undefined;
  return `${own} of ${distances.length} translations are far closer to a training image than held-out real images are (only ${theirs} of ${heldOut.length}): the generator seems to copy training images`;
}

/** Rows that are compared at once, so that memory stays bounded. */
const BLOCK = 256;

/**
 * The cosine distance of each row to the nearest of others, and which that is; of equally near ones the first. A row of zeros is at distance 1
 * from all.
 *
 * @param rows [n, width] @param among [m, width], not empty @returns n distances, n rows of `among`
 */
export async function nearestOf(
  rows: Rows,
  among: Rows,
): Promise<{ readonly distances: number[]; readonly rows: number[] }> {
  const [from, to] = [ofUnitLength(rows), ofUnitLength(among)];
  const nearest: number[] = [];
  const all = tf.tensor2d(to, [among.count, among.width]);
  try {
    for (let at = 0; at < rows.count; at += BLOCK) {
      const block = from.subarray(at * rows.width, (at + BLOCK) * rows.width);
      const found = tf.tidy(() => tf.argMax(tf.matMul(tf.tensor2d(block, [block.length / rows.width, rows.width]), all, false, true), 1)); // prettier-ignore
      try {
        nearest.push(...(await found.data()));
      } finally {
        found.dispose();
      }
    }
  } finally {
    all.dispose();
  }
  return { rows: nearest, distances: nearest.map((row, i) => cosineDistance(rows, i, among, row)) };
}

/** Each row divided by its length; rows of zeros stay. */
function ofUnitLength({ count, width, values }: Rows): Float32Array {
  const units = Float32Array.from(values);
  for (let i = 0; i < count; i++) {
    const row = units.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0));
    if (length > 0) row.forEach((value, k) => (row[k] = value / length));
  }
  return units;
}

/** In float64, as 1 - u·v of nearly equal rows in float32 would be noise. */
function cosineDistance(a: Rows, i: number, b: Rows, j: number): number {
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let k = 0; k < a.width; k++) {
    const [x, y] = [a.values[i * a.width + k]!, b.values[j * b.width + k]!];
    dot += x * y;
    squareA += x ** 2;
    squareB += y ** 2;
  }
  const lengths = Math.sqrt(squareA * squareB);
  return lengths === 0 ? 1 : Math.max(0, 1 - dot / lengths);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const middle = (ascending.length - 1) / 2;
  return (ascending[Math.floor(middle)]! + ascending[Math.ceil(middle)]!) / 2;
}
