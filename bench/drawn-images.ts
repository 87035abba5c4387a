import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Split } from '../src/registry/kinds/dataset.js';
import { cacheFolder } from '../src/support/cache-folder.js';
import { orderedMap } from '../src/support/ordered-map.js';
import { keyedRandom } from '../src/support/keyed-random.js';

/** The share of each split. */
const SHARES: readonly (readonly [Split, number])[] = [
  ['trainA', 0.45],
  ['trainB', 0.45],
  ['testA', 0.05],
  ['testB', 0.05],
];

export interface DrawnImagesOptions {
  readonly count: number;
  /** In pixels. */
  readonly side: number;
  readonly log: (text: string) => void;
}

/** A data set of different JPEG images in soft colours, drawn once and kept in the user's cache folder. @returns the folder */
export async function drawnImages({ count, side, log }: DrawnImagesOptions): Promise<string> {
  const dir = cacheFolder('bench', `${count}-jpeg-${side}`);
  if (await exists(dir)) return dir;
  log(`Drawing ${count} images of ${side}x${side} into ${dir}, once.`);
  const temporary = `${dir}.${process.pid}.tmp`;
  try {
    const paths: string[] = [];
    for (const [split, share] of SHARES) {
      await mkdir(join(temporary, split), { recursive: true });
      for (let i = 0; i < Math.round(count * share); i++) paths.push(join(temporary, split, `${i}.jpg`));
    }
    const draw = async (path: string, i: number) => writeFile(path, await drawOne(i, side));
    for await (const written of orderedMap(paths, 4 * availableParallelism(), draw)) void written;
    await rename(temporary, dir);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return dir;
}

/** Enlarged coarse noise: about 20 KB at 256 pixels, as photographs have. */
function drawOne(seed: number, side: number): Promise<Buffer> {
  const random = keyedRandom('bench', seed);
  const cells = Math.max(4, Math.ceil(side / 6));
  const raw = Uint8Array.from({ length: cells * cells * 3 }, () => random.int(256));
  return sharp(raw, { raw: { width: cells, height: cells, channels: 3 } })
    .resize(side, side, { kernel: 'cubic' })
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
