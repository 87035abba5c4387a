import sharp from 'sharp';
import { GAP, type GridLayout, type GridPixels } from './grid.js';

/** Maximum width of a strip or grid on the page, in pixels. */
const WIDEST = 900;
/** Test images of a strip: more would be too small to compare. */
export const MOST_IMAGES = 5;

/** An image embedded in the page. */
export interface Embedded {
  /** A `data:` address. */
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

/** One column of a grid as a row, so that a test image has the same column for all trials. Transparent between images. */
export function stripOf({ width, data }: GridPixels, { rows, side }: GridLayout, column: number): GridPixels {
  const count = Math.min(rows, MOST_IMAGES);
  const strip = { width: count * (side + GAP) - GAP, height: side };
  const out = Buffer.alloc(strip.width * strip.height * 4);
  const left = GAP + column * (side + GAP);
  for (let index = 0; index < count; index++) {
    for (let y = 0; y < side; y++) {
      const from = (GAP + index * (side + GAP) + y) * width + left;
      const to = y * strip.width + index * (side + GAP);
      for (let x = 0; x < side; x++) copyPixel(data, from + x, out, to + x);
    }
  }
  return { ...strip, data: out };
}

/** Encodes as WebP, scaled down to fit the page. */
export async function embedded({ width, height, data }: GridPixels): Promise<Embedded> {
  const channels = data.length === width * height * 4 ? 4 : 3;
  const image = sharp(data, { raw: { width, height, channels } });
  const scaled = image.resize({ width: WIDEST, withoutEnlargement: true }).webp({ quality: 78, effort: 3 });
  const { data: bytes, info } = await scaled.toBuffer({ resolveWithObject: true });
  return { src: `data:image/webp;base64,${bytes.toString('base64')}`, width: info.width, height: info.height };
}

function copyPixel(from: Buffer, at: number, to: Buffer, place: number): void {
  to[place * 4] = from[at * 3]!;
  to[place * 4 + 1] = from[at * 3 + 1]!;
  to[place * 4 + 2] = from[at * 3 + 2]!;
  to[place * 4 + 3] = 255;
}
