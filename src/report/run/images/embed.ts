import sharp from 'sharp';

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
}

/** Images of at most this side keep their pixels better: each covers several pixels of the screen. */
const SMALL = 96;

/** An image file as WebP. @returns undefined for a missing or damaged file, which must not fail the page */
export async function embed(file: string, { side, enlarged = 1 }: EmbedOptions): Promise<EmbeddedImage | undefined> {
  try {
    const whole = await sharp(file).metadata();
    const scaled =
      enlarged > 1
        ? sharp(file).resize({ width: Math.round(whole.width / enlarged), kernel: 'nearest' })
        : sharp(file).resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
    const isSmall = Math.max(whole.width, whole.height) <= SMALL || enlarged > 1;
    const webp = scaled.webp({ quality: isSmall ? 90 : 74, smartSubsample: isSmall, effort: 2 });
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
