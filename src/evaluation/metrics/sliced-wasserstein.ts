import * as tf from '@tensorflow/tfjs-core';
import type {
  MetricAccumulator,
  MetricComponent,
  MetricSite,
  MetricValue,
  TranslatedBatch,
} from '../../registry/kinds/metric.js';
import { keyedRandom } from '../../support/keyed-random.js';
import { jackknifeInterval } from '../jackknife.js';
import { PatchSet } from './patch-set.js';
import { influences, wasserstein } from './wasserstein.js';

export interface SlicedWassersteinOptions {
  readonly patches: number;
  readonly directions: number;
}

export const slicedWasserstein: MetricComponent<SlicedWassersteinOptions> = {
  summary:
    'Sliced Wasserstein distance between patches of the translations and of the real targets; 0 is the same. Needs no network.',
  details:
    'Karras et al. 2018, section 5: 7x7 patches of each level of a Laplacian pyramid (the full size, a half, ... down to 16 pixels), projected on random directions, on each of which the two distributions are compared; the mean over directions and levels. It sees colours and textures, and nothing larger. Patches are normalised by the targets’ mean and deviation of each channel, so that a shift of colours counts (the paper normalises each set by its own). In units of that deviation; not multiplied by 1000.',
  schema: {
    properties: {
      patches: {
        description: 'Random patches of each image and level. The paper has 128 of thousands of images.',
        type: 'integer',
        minimum: 1,
        maximum: 4096,
        default: 32,
      },
      directions: {
        description: 'Random directions.',
        type: 'integer',
        minimum: 1,
        maximum: 8192,
        default: 512,
      },
    },
  },
  create: (options) => ({
    better: 'lower',
    needs: { targets: true },
    async start(site) {
      const targets = new PatchSet(options.patches);
      for await (const image of site.targets()) await targets.add(image);
      return new SlicedWasserstein(site, options, targets);
    },
  }),
};

class SlicedWasserstein implements MetricAccumulator {
  readonly #translated: PatchSet;

  constructor(
    private readonly site: MetricSite,
    private readonly options: SlicedWassersteinOptions,
    private readonly targets: PatchSet,
  ) {
    this.#translated = new PatchSet(options.patches);
  }

  async add({ translated }: TranslatedBatch): Promise<void> {
    await this.#translated.add(translated);
  }

  async result(): Promise<MetricValue> {
    return slicedWassersteinOf(this.#translated, this.targets, this.options.directions, this.site.signal);
  }

  dispose(): void {
    // It keeps numbers only.
  }
}

/** Directions over which the interval is computed: their mean is near that over all, and costs less. */
const INTERVAL_DIRECTIONS = 32;

/**
 * The interval is for the distance at these numbers of images, by the infinitesimal jackknife over the images of both sets, each with all of
 * its patches: patches of one image are not independent.
 *
 * @throws the signal's reason once it is aborted
 */
export async function slicedWassersteinOf(
  x: PatchSet,
  y: PatchSet,
  directions: number,
  signal?: AbortSignal,
): Promise<MetricValue> {
  const [ofX, ofY] = [new Float64Array(x.count), new Float64Array(y.count)];
  let sum = 0;
  const levels = y.levels;
  for (let level = 0; level < levels; level++) {
    const scale = y.scaleOf(level);
    const axes = directionsOf(directions, x.widthOf(level), level);
    const [a, b] = [
      await project(x.normalised(level, scale), axes, directions),
      await project(y.normalised(level, scale), axes, directions),
    ];
    const weighed = Math.min(INTERVAL_DIRECTIONS, directions);
    for (let k = 0; k < directions; k++) {
      signal?.throwIfAborted();
      const [ownA, ownB] = [rowOf(a, k, directions), rowOf(b, k, directions)];
      const [sortedA, sortedB] = [ownA.slice().sort(), ownB.slice().sort()];
      sum += wasserstein(sortedA, sortedB) / directions / levels;
      if (k >= weighed) continue;
      addMeans(ofX, influences(sortedA, sortedB, ownA), weighed * levels);
      addMeans(ofY, influences(sortedB, sortedA, ownB), weighed * levels);
    }
  }
  const [low, high] = jackknifeInterval(sum, [aroundMean(ofX), aroundMean(ofY)]);
  return { value: sum, count: x.count, interval: [Math.max(0, low), high] };
}

/** Directions of length 1, [count, width]; the same for all measurements. */
function directionsOf(count: number, width: number, level: number): Float32Array {
  const random = keyedRandom('sliced-wasserstein', level);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  const axes = Float32Array.from({ length: count * width }, normal);
  for (let k = 0; k < count; k++) {
    const own = axes.subarray(k * width, (k + 1) * width);
    const length = Math.hypot(...own);
    own.forEach((value, i) => (own[i] = value / length));
  }
  return axes;
}

/** @returns [directions, patches] */
async function project(patches: Float32Array, axes: Float32Array, directions: number): Promise<Float32Array> {
  const width = axes.length / directions;
  const projected = tf.tidy(() =>
    tf.matMul(
      tf.tensor2d(axes, [directions, width]),
      tf.tensor2d(patches, [patches.length / width, width]),
      false,
      true,
    ),
  );
  try {
    return (await projected.data()) as Float32Array;
  } finally {
    projected.dispose();
  }
}

function rowOf(matrix: Float32Array, row: number, rows: number): Float32Array {
  const width = matrix.length / rows;
  return matrix.subarray(row * width, (row + 1) * width);
}

/** Adds to each image the mean of its patches' values, divided. */
function addMeans(images: Float64Array, patches: Float64Array, divisor: number): void {
  const each = patches.length / images.length;
  patches.forEach((value, i) => (images[Math.floor(i / each)]! += value / each / divisor));
}

function aroundMean(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
