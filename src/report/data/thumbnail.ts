import sharp from 'sharp';
import type { RgbImage } from '../../inference/image-grid.js';

/** Images up to this side in pixels are not resized. */
const MAX_EXACT_SIDE = 128;

/** An image as a data URL: PNG if it is small, else WebP of at most `side` pixels. */
export async function thumbnail({ data, width, height }: RgbImage, side: number): Promise<string> {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  const exact = width <= MAX_EXACT_SIDE && height <= MAX_EXACT_SIDE;
  const bytes = await (
    exact ? image.png() : image.resize(Math.min(side, width)).webp({ quality: 75, effort: 2 })
  ).toBuffer();
  return `data:image/${exact ? 'png' : 'webp'};base64,${bytes.toString('base64')}`;
}
