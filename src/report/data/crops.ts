import { cropInto, drawJitter, type Jitter } from '../../data/batches/jitter.js';
import type { PreparedStore } from '../../data/store/prepared-store.js';
import type { Domain, Split } from '../../registry/kinds/dataset.js';
import { keyedRandom } from '../../support/keyed-random.js';
import { pixelsIn, sidesOf, type Sides } from '../../support/sides.js';
import type { RgbImage } from '../../inference/image-grid.js';

/** Random crops shown of a training image. */
export const CROPS = 3;
/** Height of a column of training images in pixels; large images are fewer. */
const HEIGHT = 2400;
const MAX_SAMPLES = 8;

/** A domain as training sees it: some prepared images, random jitters of each, and some test images. */
export interface Samples {
  readonly train: readonly TrainingSample[];
  readonly test: readonly { readonly index: number; readonly image: RgbImage }[];
}

export interface TrainingSample {
  readonly index: number;
  /** At the size that crops are taken from. */
  readonly prepared: RgbImage;
  readonly crops: readonly { readonly jitter: Jitter; readonly image: RgbImage }[];
}

/** Chooses the images to show: one at random in each of `most` equal parts of the split; always the same ones. */
export function chooseSpread(split: Split, count: number, most: number): number[] {
  const random = keyedRandom('look', split);
  const shown = Math.min(most, count);
  return Array.from({ length: shown }, (_, i) => Math.floor(((i + random.float()) * count) / shown));
}

/** The number of samples shown of a split. */
export function sampleCount(split: Split, loadSize: Sides): number {
  // Validation images are prepared like test images: a page that shows these shows them too.
  if (split.startsWith('val')) return 0;
  return split.startsWith('test')
    ? CROPS + 1
    : Math.min(MAX_SAMPLES, Math.max(1, Math.floor(HEIGHT / sidesOf(loadSize).height)));
}

/** Reads the images and jitters those of training as the reader of training batches does. */
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

/** Jitters with the function that fills batches, then converts [-1, 1] back to bytes. */
function jittered(prepared: RgbImage, size: Sides, random: ReturnType<typeof keyedRandom>) {
  const jitter = drawJitter(random, prepared, size, true);
  const values = new Float32Array(pixelsIn(size) * 3);
  cropInto(values, 0, prepared, size, jitter);
  // It rounds, and the loop takes 1/40 of the time of `Uint8Array.from`.
  const data = new Uint8ClampedArray(values.length);
  for (let i = 0; i < data.length; i++) data[i] = (values[i]! + 1) * 127.5;
  return { jitter, image: { ...sidesOf(size), data: new Uint8Array(data.buffer) } };
}

/** Rows of the PNG: each training image with its crops, and last the test images. */
export function gridRows({ train, test }: Samples): RgbImage[][] {
  const rows = train.map(({ prepared, crops }) => [prepared, ...crops.map(({ image }) => image)]);
  return test.length === 0 ? rows : [...rows, test.map(({ image }) => image)];
}
