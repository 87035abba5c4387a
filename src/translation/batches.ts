import type { RgbImage } from '../inference/image-grid.js';
import type { ImageTranslator } from '../inference/image-translator.js';

/** How long a batch waits for its next image, in milliseconds: a list that somebody still writes gets its translations soon. */
export const PATIENCE = 100;

/** Whether an image can be translated together with those of a batch. */
export function joiningBatch(translator: Pick<ImageTranslator, 'batchOf'>) {
  return (batch: readonly RgbImage[], next: RgbImage): boolean => {
    const { shape, most } = translator.batchOf(batch[0]!);
    return batch.length < most && shape === translator.batchOf(next).shape;
  };
}
