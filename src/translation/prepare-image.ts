import sharp from 'sharp';
import { decodeRgb } from '../data/images/decode-rgb.js';
import { resize } from '../data/images/resize.js';
import { fitSize } from '../inference/fit-size.js';
import type { RgbImage } from '../inference/image-grid.js';
import { shorterSide, sidesOf, type Sides } from '../support/sides.js';
import type { Preparation } from './open-generator.js';
import type { SizeChoice } from './request.js';

/** An image as the generator gets it. */
export interface PreparedImage {
  readonly image: RgbImage;
  /** The file's EXIF, where it has some. */
  readonly exif?: Uint8Array;
}

/**
 * Decodes an image as those of the training are: upright, over white, 8-bit sRGB. Then resizes it, with the training's interpolation.
 *
 * @param check sees the size that it will have, before it is resized, and may throw
 * @throws DecodeError
 */
export async function prepareImage(
  bytes: Uint8Array,
  choice: SizeChoice,
  training: Preparation,
  check: (size: Size) => void = () => undefined,
): Promise<PreparedImage> {
  const [{ data, width, height, format }, metadata] = await Promise.all([decodeRgb(bytes), exifOf(bytes)]);
  const size = sizeFor(choice, { width, height }, training.imageSize);
  check(size);
  const image = { ...size, data: resize(data, width, height, size, training.interpolation) };
  const exif = HAS_EXIF.includes(format) ? metadata : undefined;
  return { image, ...(exif && { exif }) };
}

type Size = Pick<RgbImage, 'width' | 'height'>;

/** The size at which a generator trained at `imageSize` sees an image. */
export function sizeFor(choice: SizeChoice, { width, height }: Size, imageSize: Sides): Size {
  if (choice === 'keep') return { width, height };
  if (choice !== 'fit') return sidesOf(choice);
  return fitSize({ width, height }, shorterSide(imageSize));
}

const HAS_EXIF: readonly string[] = ['jpeg', 'png', 'webp', 'tiff', 'avif'];

/** Metadata that cannot be read is no reason to refuse an image that can. */
async function exifOf(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return sharp(bytes)
    .metadata()
    .then(
      ({ exif }) => exif,
      () => undefined,
    );
}
