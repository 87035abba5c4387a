import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SPLITS } from '../../src/registry/kinds/dataset.js';
import { ours, theirs } from '../contestants.js';
import { drawnImages } from '../drawn-images.js';
import type { PreprocessTask } from '../protocol.js';
import { race, type Entry } from '../race.js';
import { row } from '../report.js';
import type { Measured } from './options.js';

export const PREPROCESS =
  'The preparation of a folder of images, cold and once more: seconds an image, beside Pillow with as many processes.';

export interface PreprocessOptions {
  /** A folder with trainA, trainB, testA and testB; else drawn images. */
  readonly images?: string;
  /** How many images are drawn, and their side in pixels. */
  readonly count: number;
  readonly side: number;
  readonly loadSize: number;
  readonly imageSize: number;
  readonly rounds: number;
  readonly warmup: number;
  readonly peers: boolean;
  readonly tell: (text: string) => void;
}

/** What preparing takes beyond the images themselves, in bytes, to tell beforehand that there is not enough. */
const MEMORY = 1e9;

export async function measurePreprocess(options: PreprocessOptions): Promise<Measured> {
  const { imageSize, loadSize } = options;
  const images = options.images ? resolve(options.images) : await drawnImages(options);
  const units = (await Promise.all(SPLITS.map(async (split) => (await readdir(join(images, split))).length))).reduce(
    (sum, files) => sum + files,
  );
  const name = `${units} images to ${loadSize}`;
  const wanted = { name, generator: { type: 'none' }, size: loadSize, batch: 1 };
  const task: PreprocessTask = {
    what: 'preprocess',
    case: wanted,
    precision: 'float32',
    images,
    imageSize,
    loadSize,
  };
  const common = { case: wanted, precision: 'float32', units, memory: MEMORY } as const;
  const mine = { ...common, who: 'ours', command: ours('preprocess', task) };
  const pillow = theirs({ package: 'PIL', script: 'pillow_preprocess.py' }, task);
  const entries: Entry[] = [
    { ...mine, what: 'cold', word: 'cold' },
    ...(options.peers ? [{ ...common, who: 'pillow', what: 'cold', word: 'cold', command: pillow }] : []),
    { ...mine, what: 'again', word: 'again' },
  ];
  const results = await race(entries, options);
  const rows = results
    .map((result) => row(result))
    .map((one) => ({
      ...one,
      perSecond: one.seconds === null ? null : 1 / one.seconds,
      totalSeconds: one.seconds === null ? null : one.seconds * units,
    }));
  return { results, rows };
}
