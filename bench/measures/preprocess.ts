import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { REQUIRED_SPLITS } from '../../src/registry/kinds/dataset.js';
import { ownCommand, peerCommand } from '../contestants.js';
import { drawnImages } from '../drawn-images.js';
import type { PreprocessTask } from '../protocol.js';
import { race, type Entry } from '../race.js';
import { row } from '../report.js';
import type { Measured } from './options.js';

export const PREPROCESS =
  'The preparation of a folder of images, cold and repeated: seconds per image, next to Pillow with as many processes.';

export interface PreprocessOptions {
  /** A folder with trainA, trainB, testA and testB; drawn images without it. */
  readonly images?: string;
  /** Number of drawn images, and their side in pixels. */
  readonly count: number;
  readonly side: number;
  readonly loadSize: number;
  readonly imageSize: number;
  readonly rounds: number;
  readonly warmup: number;
  readonly peers: boolean;
  readonly log: (text: string) => void;
}

/** Memory for the preparation besides the images, in bytes, to skip it when it does not fit. */
const MEMORY = 1e9;

const NO_NETWORKS = { generator: { type: 'none' }, discriminator: { type: 'none' }, identity: 0 };

export async function measurePreprocess(options: PreprocessOptions): Promise<Measured> {
  const { imageSize, loadSize } = options;
  const images = options.images ? resolve(options.images) : await drawnImages(options);
  const units = (
    await Promise.all(REQUIRED_SPLITS.map(async (split) => (await readdir(join(images, split))).length))
  ).reduce((sum, files) => sum + files);
  const name = `${units} images to ${loadSize}`;
  const benchCase = { name, ...NO_NETWORKS, size: loadSize, batch: 1 };
  const task: PreprocessTask = {
    what: 'preprocess',
    case: benchCase,
    precision: 'float32',
    images,
    imageSize,
    loadSize,
  };
  const common = { case: benchCase, precision: 'float32', units, memory: MEMORY } as const;
  const own = { ...common, who: 'ours', command: ownCommand('preprocess', task) };
  const pillow = peerCommand({ package: 'PIL', script: 'pillow_preprocess.py' }, task);
  const entries: Entry[] = [
    { ...own, what: 'cold', action: 'cold' },
    ...(options.peers ? [{ ...common, who: 'pillow', what: 'cold', action: 'cold', command: pillow }] : []),
    { ...own, what: 'again', action: 'again' },
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
