import { DecodeError } from '../../data/images/decode-error.js';
import { imageKindOf, type ImageKind } from '../../data/images/image-kind.js';
import { pixelCountOf } from '../../data/images/image-size.js';
import type { Preparation } from '../../translation/open-generator.js';
import { prepareImage, type PreparedImage } from '../../translation/prepare-image.js';
import type { OutputFormat } from '../../translation/request.js';
import type { ImageWork, ServedModel, TensorWork } from '../protocol.js';
import { Refused } from './refused.js';
import { roundUp } from '../../support/round-up.js';
import { sameSize, sidesOf } from '../../support/sides.js';

/** An image as its generator gets it, and the format of its translation. */
export interface PreparedWork extends PreparedImage {
  readonly format: OutputFormat;
}

/**
 * Decodes and resizes a client's image.
 *
 * @param most pixels, of the image and of what it is resized to
 * @throws {@link Refused} for what is no image, or too large a one
 */
export async function prepareWork(
  { bytes, format, size }: Required<Pick<ImageWork, 'bytes' | 'format' | 'size'>>,
  training: Preparation,
  most: number,
): Promise<PreparedWork> {
  try {
    const kind = imageKindOf(bytes);
    // Its text may ask for any amount of work.
    if (kind === 'svg') throw new DecodeError('is not supported: an SVG (convert it to PNG)');
    checkPixels(pixelCountOf(bytes) ?? 0, most);
    const prepared = await prepareImage(bytes, size, training, ({ width, height }) =>
      checkPixels(width * height, most),
    );
    return { ...prepared, format: format === 'keep' ? FORMATS[kind] : format };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Refused({ reason: 'undecodable-image', message: `The image ${error.message}.` });
  }
}

/** Its own, where that can be written; PNG loses nothing. */
const FORMATS: Readonly<Record<ImageKind, OutputFormat>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  tiff: 'tiff',
  avif: 'avif',
  gif: 'png',
  bmp: 'png',
  pnm: 'png',
  svg: 'png',
};

function checkPixels(pixels: number, most: number): void {
  if (pixels <= most) return;
  throw new Refused({
    reason: 'too-many-pixels',
    message: `The image has ${megapixels(pixels)} megapixels, or would be resized to as many; this server takes up to ${megapixels(most)}.`,
  });
}

const megapixels = (pixels: number): string => String(Math.round(pixels / 1e5) / 10);

/** @throws {@link Refused} for images of a size that the generator does not take */
export function checkTensor(
  { shape: [batch, height, width] }: Pick<TensorWork, 'shape'>,
  { imageSize, sizes }: Pick<ServedModel, 'imageSize' | 'sizes'>,
  most: number,
): void {
  checkPixels(batch * height * width, most);
  if (sameSize({ height, width }, imageSize)) return;
  const own = sidesOf(imageSize);
  if (sizes === undefined) throw wrongSize(height, width, `${own.height}x${own.width} only`);
  const { multiple, least } = sizes;
  // What is missing to a multiple is mirrored, which needs as many pixels.
  const fits = [height, width].every((side) => side >= least && roundUp(side, multiple) - side < side);
  if (!fits) throw wrongSize(height, width, `${least}x${least} and larger`);
}

const wrongSize = (height: number, width: number, takes: string): Refused =>
  new Refused({ reason: 'wrong-size', message: `The generator does not take images of ${height}x${width}; it takes ${takes}.` }); // prettier-ignore
