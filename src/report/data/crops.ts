import { cropInto, drawJitter, type Jitter } from '../../data/batches/jitter.js';
import type { PreparedStore } from '../../data/store/prepared-store.js';
import type { Domain, Split } from '../../registry/kinds/dataset.js';
import { keyedRandom } from '../../support/keyed-random.js';
import type { RgbImage } from '../../inference/image-grid.js';

/** Random crops of a training image. */
export const CROPS = 3;
/** Pixels of training images one below the other, so that large ones are fewer. */
const HEIGHT = 2400;
const MOST = 8;

/** What training sees of a domain: some images as they are prepared, each with random jitters of it, and some test images. */
export interface Samples {
  readonly train: readonly TrainingSample[];
  readonly test: readonly { readonly index: number; readonly image: RgbImage }[];
}

export interface TrainingSample {
  readonly index: number;
  /** Of the size that crops are taken from. */
  readonly prepared: RgbImage;
  readonly crops: readonly { readonly jitter: Jitter; readonly image: RgbImage }[];
}

/** The places of the images to show: spread over the whole split, one at random in each of as many equal parts; always the same. */
export function chooseSpread(split: Split, count: number, most: number): number[] {
  const random = keyedRandom('look', split);
  const shown = Math.min(most, count);
  return Array.from({ length: shown }, (_, i) => Math.floor(((i + random.float()) * count) / shown));
}

/** How many samples of a split are shown. */
export function sampleCount(split: Split, loadSize: number): number {
  return split.startsWith('test') ? CROPS + 1 : Math.min(MOST, Math.max(1, Math.floor(HEIGHT / loadSize)));
}

/** Reads them and jitters them as the reader of training batches does. */
export async function readSamples(
  store: PreparedStore,
  domain: Domain,
  indexes: Readonly<Record<Split, readonly number[]>>,
): Promise<Samples> {
  const train: TrainingSample[] = [];
  for (const index of indexes[`train${domain}`]) {
    const prepared = await store.read(`train${domain}`, index);
    const random = keyedRandom('look', 'jitter', domain, index);
    train.push({
      index,
      prepared,
      crops: Array.from({ length: CROPS }, () => jittered(prepared, store.imageSize, random)),
    });
  }
  const test: { index: number; image: RgbImage }[] = [];
  for (const index of indexes[`test${domain}`]) test.push({ index, image: await store.read(`test${domain}`, index) });
  return { train, test };
}

/** Through the very function that fills a batch, and back from [-1, 1] to bytes. */
function jittered(prepared: RgbImage, size: number, random: ReturnType<typeof keyedRandom>) {
  const jitter = drawJitter(random, prepared.width, size, true);
  const values = new Float32Array(size * size * 3);
  cropInto(values, 0, prepared, size, jitter);
  // It rounds, and a loop takes a fortieth of the time of `Uint8Array.from`.
  const data = new Uint8ClampedArray(values.length);
  for (let i = 0; i < data.length; i++) data[i] = (values[i]! + 1) * 127.5;
  return { jitter, image: { width: size, height: size, data: new Uint8Array(data.buffer) } };
}

/** Rows of the PNG: a training image and its crops, one below the other, and last the test images. */
export function gridRows({ train, test }: Samples): RgbImage[][] {
  const rows = train.map(({ prepared, crops }) => [prepared, ...crops.map(({ image }) => image)]);
  return test.length === 0 ? rows : [...rows, test.map(({ image }) => image)];
}
