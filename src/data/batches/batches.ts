import type { DatasetConfig } from '../../registry/config.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import { ProblemError } from '../../support/problem.js';
import { keyedRandom } from '../../support/keyed-random.js';
import { pixelsIn, sameSize, sidesOf, sizeText } from '../../support/sides.js';
import { cropInto, drawJitter } from './jitter.js';
import { neverShown, epochOrder } from './epoch-order.js';
import type { Pairs } from './pairs.js';
import type { PreparedStore } from '../store/prepared-store.js';

export type BatchOptions = Pick<DatasetConfig, 'batch_size' | 'epoch' | 'flip' | 'shuffle_buffer'> & {
  /** So many times `batch_size` is what a step takes, and the batch here: see `train.accumulate`. */
  readonly accumulate?: number | undefined;
};

/** Images of each domain in a step. */
const stepSize = ({ batch_size, accumulate = 1 }: BatchOptions): number => batch_size * accumulate;

/** The options of a config that make {@link stepSize}. */
const sizeOption = ({ accumulate = 1 }: BatchOptions): string =>
  accumulate === 1 ? 'dataset.batch_size' : 'dataset.batch_size x train.accumulate';

/** Images of both domains, in [-1, 1]: x of A and y of B, each `shape` = [batch, height, width, 3]. */
export interface ImageBatchRows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly shape: readonly [number, number, number, number];
}

export interface Batches {
  /** Steps per epoch. The last images of an epoch that do not fill a batch are dropped, so that all batches have the same shape. */
  readonly stepsPerEpoch: number;
  /** Reads a batch by epoch and index, both from 0, in any order. Reading in order is fast, as the next batches are read ahead. */
  read(epoch: number, index: number): Promise<ImageBatchRows>;
}

/** Batches read ahead of the requested one. */
const AHEAD = 3;

/** The number of training images of each domain. */
export type DomainCounts = Readonly<Record<Domain, number>>;

/**
 * The input pipeline: shuffles each domain, crops and mirrors every image at random, and zips the two streams. `shortest` ends an epoch
 * with the smaller domain (the tutorial's zip), `longest` with the larger one while the smaller starts over in a new order, and a number
 * after so many steps. Order and jitter change in each epoch. Every draw depends on (seed, domain, epoch, position) only, so that batches are the same in any process
 * and in any order of reading.
 *
 * @param pairs if given, x and y of a batch are pairs: both use A's order and jitter, so that they stay aligned pixel for pixel
 * @throws ProblemError `too-few-images` when a domain is empty, or a domain or the pairs cannot fill one batch; `pair-sizes` when the images of a pair are prepared in different sizes
 */
export function createBatches(store: PreparedStore, options: BatchOptions, seed: number, pairs?: Pairs): Batches {
  if (pairs !== undefined && pairs.count < stepSize(options) && typeof options.epoch !== 'number') {
    const are = pairs.count === 1 ? 'is only 1 pair' : `are only ${pairs.count} pairs`;
    throw tooFew('pairs', `there ${are} of training images`, pairs.count, options);
  }
  if (pairs !== undefined) expectEqualSizes(store, pairs);
  const counts = trainingCounts(store, pairs);
  const stepsPerEpoch = countSteps(counts, options);
  const [size, batch] = [store.imageSize, stepSize(options)];
  const { height, width } = sidesOf(size);
  const values = pixelsIn(size) * 3;
  // The domain whose random draws each domain uses.
  const drawn: Readonly<Record<Domain, Domain>> = { A: 'A', B: pairs === undefined ? 'B' : 'A' };
  const order = (domain: Domain) =>
    epochOrder(domain, counts[domain], stepsPerEpoch * batch, options.shuffle_buffer, seed);
  const orders = { A: order('A'), B: order('B') };

  const fill = async (domain: Domain, epoch: number, index: number): Promise<Float32Array> => {
    const out = new Float32Array(batch * values);
    const fillOne = async (k: number) => {
      const position = index * batch + k;
      const at = orders[drawn[domain]](epoch, position);
      const image = await store.read(`train${domain}`, pairs === undefined ? at : pairs[domain][at]!);
      const random = keyedRandom('jitter', seed, drawn[domain], epoch, position);
      const jitter = drawJitter(random, image, size, options.flip);
      cropInto(out, k * values, image, size, jitter);
    };
    await Promise.all(Array.from({ length: batch }, (_, k) => fillOne(k)));
    return out;
  };
  const load = async (epoch: number, index: number): Promise<ImageBatchRows> => {
    const [x, y] = await Promise.all([fill('A', epoch, index), fill('B', epoch, index)]);
    return { x, y, shape: [batch, height, width, 3] };
  };
  return { stepsPerEpoch, read: withReadAhead(load, stepsPerEpoch) };
}

/** The number of images of each domain that these epochs do not show under these options; by default, that no number of epochs shows. */
export function unseenImages(counts: DomainCounts, options: BatchOptions, epochs = Infinity): DomainCounts {
  const perEpoch = countSteps(counts, options) * stepSize(options);
  const unseen = (domain: Domain) =>
    options.shuffle_buffer === null
      ? Math.max(0, counts[domain] - epochs * perEpoch)
      : neverShown(counts[domain], perEpoch, options.shuffle_buffer);
  return { A: unseen('A'), B: unseen('B') };
}

/** The number of images of each domain that training uses: all, or those in pairs. */
export function trainingCounts(store: Pick<PreparedStore, 'count'>, pairs?: Pairs): DomainCounts {
  if (pairs !== undefined) return { A: pairs.count, B: pairs.count };
  return { A: store.count('trainA'), B: store.count('trainB') };
}

function countSteps(counts: DomainCounts, options: BatchOptions): number {
  const size = stepSize(options);
  const { epoch } = options;
  for (const domain of ['A', 'B'] as const) if (counts[domain] === 0) throw noImages(domain);
  if (typeof epoch === 'number') return epoch;
  const smaller = counts.A <= counts.B ? 'A' : 'B';
  const larger = smaller === 'A' ? 'B' : 'A';
  const domain = epoch === 'shortest' ? smaller : larger;
  const images = counts[domain];
  if (images >= size) return Math.floor(images / size);
  throw tooFew('images', `train${domain} has only ${images} usable image${images === 1 ? '' : 's'}`, images, options);
}

/** @param found what there is of them, as a clause */
function tooFew(what: 'images' | 'pairs', found: string, count: number, options: BatchOptions): ProblemError {
  const option = sizeOption(options);
  return new ProblemError({
    code: 'too-few-images',
    message: `${option} is ${stepSize(options)}, but ${found}.`,
    cure: `Set ${option} to ${count} or less, add ${what}, or set dataset.epoch to a number of steps: a batch may then hold one several times.`,
  });
}

/** An epoch of the larger domain, or of a number of steps, shows one image of the other domain many times, but it needs that one. */
function noImages(domain: Domain): ProblemError {
  return new ProblemError({
    code: 'too-few-images',
    message: `train${domain} has no usable image.`,
    cure: `Add training images of domain ${domain}, or repair those that were skipped as bad.`,
  });
}

/** Both images of a pair are cropped at the same place. */
function expectEqualSizes(store: PreparedStore, { count, A, B }: Pairs): void {
  for (let i = 0; i < count; i++) {
    const [a, b] = [store.size('trainA', A[i]!), store.size('trainB', B[i]!)];
    if (sameSize(a, b)) continue;
    throw new ProblemError({
      code: 'pair-sizes',
      message: `The images of a pair have different sizes: image ${A[i]!} of trainA has ${sizeText(a)} pixels, image ${B[i]!} of trainB ${sizeText(b)}.`,
      cure: 'Give both the same size, or set dataset.preprocess: resize_and_crop.',
    });
  }
}

function withReadAhead(
  load: (epoch: number, index: number) => Promise<ImageBatchRows>,
  steps: number,
): Batches['read'] {
  let ahead = new Map<number, Promise<ImageBatchRows>>();
  return (epoch, index) => {
    const first = epoch * steps + index;
    const wanted = new Map<number, Promise<ImageBatchRows>>();
    for (let step = first; step <= first + AHEAD; step++) {
      const batch = ahead.get(step) ?? load(Math.floor(step / steps), step % steps);
      // A failure is thrown when the batch is requested; that of a batch which is never requested does not matter.
      batch.catch(() => undefined);
      wanted.set(step, batch);
    }
    const batch = wanted.get(first)!;
    wanted.delete(first);
    ahead = wanted;
    return batch;
  };
}
