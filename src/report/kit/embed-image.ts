import sharp, { type Sharp } from 'sharp';

/** An image as a `data:` address, with the size at which it is shown. */
export interface EmbeddedImage {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

export interface EmbedOptions {
  /** The longest side, in pixels; a larger image is scaled down. */
  readonly side: number;
  /** The factor by which it was enlarged, which is undone: the page enlarges it again. */
  readonly enlarged?: number;
  /** Whether small images keep every pixel, at some cost in bytes: {@link isExact}. */
  readonly lossless?: boolean;
}

/** The largest side at which a page shows single pixels. */
const EXACT = 128;
/** Images of at most this side keep their pixels better: each covers several pixels of the screen. */
const SMALL = 96;

/** Whether a page shows the image's pixels as they are, instead of smoothing them. */
export function isExact({ width, height }: Pick<EmbeddedImage, 'width' | 'height'>): boolean {
  return Math.max(width, height) <= EXACT;
}

/** An image, or the file of one, as WebP. @returns undefined for a missing or damaged one, which must not fail the page */
export async function embedImage(
  image: string | Sharp,
  { side, enlarged = 1, lossless = false }: EmbedOptions,
): Promise<EmbeddedImage | undefined> {
  try {
    const opened = typeof image === 'string' ? sharp(image) : image;
    const plain = opened.flatten({ background: 'white' }).toColourspace('srgb').raw();
    const { data: pixels, info: whole } = await plain.toBuffer({ resolveWithObject: true });
    const { width, height, channels } = whole;
    const raw = sharp(pixels, { raw: { width, height, channels } });
    const scaled =
      enlarged > 1
        ? raw.resize({ width: Math.round(width / enlarged), kernel: 'nearest' })
        : raw.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
    const isSmall = Math.max(width, height) <= SMALL || enlarged > 1;
    const webp =
      lossless && isExact(whole)
        ? scaled.webp({ lossless: true, effort: 3 })
        : scaled.webp({ quality: isSmall ? 90 : 74, smartSubsample: isSmall, effort: 2 });
    const { data, info } = await webp.toBuffer({ resolveWithObject: true });
    return { src: `data:image/webp;base64,${data.toString('base64')}`, width: info.width, height: info.height };
  } catch {
    return undefined;
  }
}

/** The side of test images so that the page keeps a size that can be sent by mail. @param count of embedded files */
export function sideFor(count: number): number {
  if (count <= 300) return 256;
  return count <= 900 ? 176 : 128;
}
