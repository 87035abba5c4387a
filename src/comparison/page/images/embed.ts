import sharp, { type Sharp } from 'sharp';

/** Sides in pixels: up to which an image is embedded as it is, and at most. */
const [EXACT_SIDE, MAX_SIDE] = [128, 256];

/** An image embedded in the page. */
export interface Embedded {
  /** A `data:` address. */
  readonly src: string;
  readonly width: number;
  readonly height: number;
  /** Whether its pixels are shown as they are. */
  readonly isExact: boolean;
}

/** Embeds an image as WebP, lossless if it is small, else downscaled. @returns undefined if it cannot be read */
export async function embed(image: Sharp | undefined): Promise<Embedded | undefined> {
  if (image === undefined) return undefined;
  try {
    const { data: pixels, info } = await image
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const isExact = width <= EXACT_SIDE && height <= EXACT_SIDE;
    const raw = sharp(pixels, { raw: { width, height, channels } });
    const scaled = isExact
      ? raw.webp({ lossless: true, effort: 3 })
      : raw
          .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
          .webp({ quality: 80, effort: 3 });
    const { data, info: out } = await scaled.toBuffer({ resolveWithObject: true });
    return { src: `data:image/webp;base64,${data.toString('base64')}`, width: out.width, height: out.height, isExact };
  } catch {
    return undefined;
  }
}
