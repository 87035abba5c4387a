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

/** Small pictures are enlarged by a whole factor to about this many pixels a side, so that people can see them. */
const CELL = 128;
const GAP = 4;
const WHITE = 255;

/**
 * Writes rows of pictures as one PNG, pixel by pixel as they are or enlarged by one whole factor. A column is as wide as its widest
 * picture, a row as high as its highest; rows may have different lengths.
 */
export async function writeGrid(file: string, rows: readonly (readonly Picture[])[]): Promise<void> {
  const factor = Math.max(1, Math.round(CELL / rows[0]![0]!.width));
  const columns = Math.max(...rows.map((row) => row.length));
  const lefts = edges(Array.from({ length: columns }, (_, x) => Math.max(...rows.map((row) => row[x]?.width ?? 0))));
  const tops = edges(rows.map((row) => Math.max(...row.map(({ height }) => height))));
  const [width, height] = [lefts.at(-1)!, tops.at(-1)!];

  const canvas = Buffer.alloc(width * height * 3, WHITE);
  rows.forEach((row, y) => row.forEach((picture, x) => draw(canvas, width, picture, factor, lefts[x]!, tops[y]!)));
  await writeFileAtomic(
    file,
    await sharp(canvas, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );

  /** Where each cell begins, and last where the grid ends. */
  function edges(sizes: readonly number[]): number[] {
    return sizes.reduce((found, size) => [...found, found.at(-1)! + size * factor + GAP], [GAP]);
  }
}

function draw(canvas: Buffer, canvasWidth: number, picture: Picture, factor: number, left: number, top: number): void {
  const { width, height, data } = picture;
  const line = Buffer.alloc(width * factor * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width * factor; x++) {
      const from = (y * width + Math.floor(x / factor)) * 3;
      line.set(data.subarray(from, from + 3), x * 3);
    }
    for (let k = 0; k < factor; k++) canvas.set(line, ((top + y * factor + k) * canvasWidth + left) * 3);
  }
}
