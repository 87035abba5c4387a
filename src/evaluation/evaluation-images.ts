import * as tf from '@tensorflow/tfjs-core';
import { normalise } from '../data/batches/jitter.js';
import { pairedTruth } from '../data/batches/pairs.js';
import { middleOf } from '../data/images/fit.js';
import { resample } from '../data/images/resample.js';
import type { PreparedStore, StoredImage, StoreSplit } from '../data/store/prepared-store.js';
import { truthOf } from '../data/store/store-format.js';
import { methodFacts } from '../methods/build.js';
import type { Domain } from '../registry/kinds/dataset.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import { sidesOf, type Sides } from '../support/sides.js';
import { spreadIndices } from '../support/spread.js';

/** `test`: the final test; `validation`: images that neither training nor the final test sees. */
export type EvaluationPart = 'test' | 'validation';

/** An image to measure, and the position of its true translation where that is known. */
export interface EvaluationImage {
  readonly split: EvaluationSplit;
  readonly index: number;
  readonly truth?: { readonly split: StoreSplit; readonly index: number };
}

export type EvaluationSplit = `${'test' | 'val'}${Domain}`;
export type TrainingSplit = `train${Domain}`;

/**
 * The images of a part on which a direction is measured; none where the store has no such part. Their truth is the store's, where the
 * data set has one. In a paired data set ({@link partnersAreTrue}) it is the partner; images without a partner are left out.
 */
export async function evaluationImages(
  view: ConfigView,
  store: PreparedStore,
  direction: Direction,
  part: EvaluationPart,
): Promise<EvaluationImage[]> {
  const [from, to] = domainsOf(direction);
  const split = splitOf(part, from);
  const truth = truthOf(split)!;
  const all = Array.from({ length: store.count(split) }, (_, index) => ({ split, index }));
  if (store.count(truth) > 0) return all.map((image) => ({ ...image, truth: { split: truth, index: image.index } }));
  if (all.length === 0 || !partnersAreTrue(view)) return all;
  const { count, partner } = await pairedTruth(store, PREFIX[part]);
  if (count === 0) return all;
  return all.flatMap((image) => {
    const index = partner(from, image.index);
    return index === undefined ? [] : [{ ...image, truth: { split: splitOf(part, to), index } }];
  });
}

/** Whether an image's partner in the other domain is its true translation: under a method of pairs, or with `dataset.paired`. */
export function partnersAreTrue(view: ConfigView): boolean {
  return methodFacts(view).pairing === 'paired' || view.config.dataset['paired'] === true;
}

/** The split of a domain's images in a part, such as that of a direction's targets. */
export function splitOf(part: EvaluationPart, domain: Domain): EvaluationSplit {
  return `${PREFIX[part]}${domain}`;
}

/** A real training image; `index` is its position in the store. */
export interface RealTrainingImage {
  readonly index: number;
  /** [1, height, width, 3], float32 in [-1, 1]. */
  readonly image: tf.Tensor4D;
}

/**
 * Real training images of a domain, whole, in the size of the networks: references beside the test images. The store has them larger
 * (`load_size`); they are reduced as by Pillow's `Image.resize(..., BICUBIC)`, or where training keeps the aspect ratio, their middle is taken. The same ones each time, spread evenly over the split.
 * An image is disposed of when the next one is requested.
 *
 * @param count at most that many
 */
export async function* trainingImages(
  store: PreparedStore,
  domain: Domain,
  count: number,
): AsyncGenerator<RealTrainingImage, void, undefined> {
  for (const index of spreadIndices(store.count(`train${domain}`), count)) {
    const image = await trainingImage(store, `train${domain}`, index);
    try {
      yield { index, image };
    } finally {
      image.dispose();
    }
  }
}

/** A training image as {@link trainingImages} gives it; the caller owns it. */
export async function trainingImage(store: PreparedStore, split: TrainingSplit, index: number): Promise<tf.Tensor4D> {
  const image = await store.read(split, index);
  const { height, width } = sidesOf(store.imageSize);
  const shown = store.isStretched ? inSize(image, store.imageSize) : middleOf(image, store.imageSize);
  return tf.tensor4d(normalise(shown), [1, height, width, 3]);
}

const PREFIX = { test: 'test', validation: 'val' } as const;

function domainsOf(direction: Direction): readonly [from: Domain, to: Domain] {
  return direction === 'AtoB' ? ['A', 'B'] : ['B', 'A'];
}

function inSize({ data, width, height }: StoredImage, size: Sides): StoredImage {
  return { data: resample(data, width, height, size, 'bicubic'), ...sidesOf(size) };
}
