import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { writeFileAtomic } from '../support/files.js';

// No operation is asked for twice, so libvips' cache of results would only hold memory beside the networks.
sharp.cache(false);

/** An RGB picture of 8 bits a channel, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** An image of the networks, [1, h, w, 3] in [-1, 1], as a picture. */
export function pictureOf(image: tf.Tensor4D): Picture {
  const [, height, width] = image.shape;
  const data = tf.tidy(() => tf.clipByValue(tf.round(tf.mul(tf.add(image, 1), 127.5)), 0, 255).dataSync());
  return { width, height, data: Uint8Array.from(data) };
}

/**
 * A discriminator's map of logits, [1, h, w, 1], as a picture of the size of its image: blue where it says "fake",
 * white where it cannot tell, red where it says "real" (the tutorial's red-blue).
 */
export function discriminatorMap(logits: tf.Tensor4D, size: number): Picture {
  const real = tf.tidy(() => tf.image.resizeNearestNeighbor(tf.sigmoid(logits), [size, size]).dataSync());
  const data = new Uint8Array(size * size * 3);
  real.forEach((p, i) => data.set(redBlue(p), i * 3));
  return { width: size, height: size, data };
}

/** Ends and middle of the diverging colour map RdBu, reversed (ColorBrewer; matplotlib's RdBu_r). */
function redBlue(p: number): readonly [number, number, number] {
  const [fake, unsure, real] = [[5, 48, 97] as const, [247, 247, 247] as const, [103, 0, 31] as const];
  const [end, distance] = p < 0.5 ? [fake, 1 - 2 * p] : [real, 2 * p - 1];
  const channel = (i: 0 | 1 | 2) => Math.round(unsure[i] + (end[i] - unsure[i]) * distance);
  return [channel(0), channel(1), channel(2)];
}

/** Small pictures are enlarged by a whole factor to about this many pixels a side, so that people can see them. */
const CELL = 128;
const GAP = 4;

/** Writes rows of pictures of one size as one PNG. */
export async function writeGrid(file: string, rows: readonly (readonly Picture[])[]): Promise<void> {
  const { width: size } = rows[0]![0]!;
  const cell = size * Math.max(1, Math.round(CELL / size));
  const columns = rows[0]!.length;
  const cells = rows.flatMap((row, y) =>
    row.map(async (picture, x) => ({
      input: await enlarge(picture, cell),
      left: GAP + x * (cell + GAP),
      top: GAP + y * (cell + GAP),
    })),
  );
  const [width, height] = [columns, rows.length].map((count) => GAP + count * (cell + GAP)) as [number, number];
  const png = await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite(await Promise.all(cells))
    .png()
    .toBuffer();
  await writeFileAtomic(file, png);
}

function enlarge({ width, height, data }: Picture, size: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(size, size, { kernel: 'nearest' })
    .png()
    .toBuffer();
}
