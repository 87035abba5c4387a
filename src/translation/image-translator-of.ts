import sharp from 'sharp';
import type { RgbImage } from '../inference/image-grid.js';
import { ImageTranslator } from '../inference/image-translator.js';
import { ProblemError } from '../support/problem.js';
import type { OpenGenerator } from './open-generator.js';
import type { TranslationRequest } from './request.js';

/** The largest side of a tile, in pixels. */
const TILE_SIDE = 1024;

/** What translates images of any size with a generator. @throws ProblemError `fixed-size` where it does not take the size that is asked for */
export function imageTranslator(
  generator: Pick<OpenGenerator, 'program' | 'sizes' | 'training' | 'title'>,
  { size, wholePixels }: Pick<TranslationRequest, 'size' | 'wholePixels'>,
): ImageTranslator {
  const { program, sizes, training, title } = generator;
  const { imageSize } = training;
  if (sizes === undefined && size !== imageSize) {
    throw new ProblemError({
      code: 'fixed-size',
      message: `The generator of ${title} does not say which sizes it takes besides ${imageSize}x${imageSize}.`,
      cure: `Give --size ${imageSize}; or let the plugin’s generator declare \`sizes\`.`,
    });
  }
  const only = { multiple: imageSize, least: imageSize };
  return new ImageTranslator(program, {
    sizes: sizes ?? only,
    trainedSize: imageSize,
    wholePixels,
    tileSide: TILE_SIDE,
    shrink: shrinkImage,
  });
}

/** With libvips' default for shrinking, Lanczos. */
export async function shrinkImage(image: RgbImage, height: number, width: number): Promise<RgbImage> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const data = await sharp(image.data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, data };
}
