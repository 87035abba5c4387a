import sharp from 'sharp';
import type { RgbImage } from '../inference/image-grid.js';
import { ImageTranslator } from '../inference/image-translator.js';
import { ProblemError } from '../support/problem.js';
import { isSides, longerSide, sameSize, sizeName, sizeText, type Sides } from '../support/sides.js';
import type { OpenGenerator } from './open-generator.js';
import type { SizeChoice, TranslationRequest } from './request.js';

/** The largest side of a tile, in pixels. */
const TILE_SIDE = 1024;

/** What translates images of any size with a generator. @throws ProblemError `fixed-size` where it does not take the size that is asked for */
export function imageTranslator(
  generator: Pick<OpenGenerator, 'program' | 'sizes' | 'training' | 'title'>,
  { size, wholePixels }: Pick<TranslationRequest, 'size' | 'wholePixels'>,
): ImageTranslator {
  const { program, sizes, training, title } = generator;
  const { imageSize } = training;
  if (sizes === undefined && !isSize(size, imageSize)) {
    throw new ProblemError({
      code: 'fixed-size',
      message: `The generator of ${title} does not say which sizes it takes besides ${sizeText(imageSize)}.`,
      cure: `Give --size ${sizeName(imageSize)}; or let the plugin’s generator declare \`sizes\`.`,
    });
  }
  const only = { multiple: longerSide(imageSize), least: longerSide(imageSize) };
  return new ImageTranslator(program, {
    sizes: sizes ?? only,
    trainedSize: imageSize,
    wholePixels,
    tileSide: TILE_SIDE,
    shrink: shrinkImage,
  });
}

const isSize = (choice: SizeChoice, size: Sides): boolean => isSides(choice) && sameSize(choice, size);

/** With libvips' default for shrinking, Lanczos. */
export async function shrinkImage(image: RgbImage, height: number, width: number): Promise<RgbImage> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const data = await sharp(image.data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, data };
}
