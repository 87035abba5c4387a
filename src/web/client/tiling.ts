import type { ImageTranslatorOptions } from '../../inference/image-translator.js';
import type { NetworkSizes } from '../../registry/kinds/network.js';
import { longerSide, pixelsIn, type Sides } from '../../support/sides.js';

/** Larger images are translated in tiles. A full-width ResNet takes about 0.5 GB for as many pixels. */
const WHOLE_PIXELS = 640 * 640;
const TILE_SIDE = 512;

/**
 * Which images are translated in tiles in a browser, and how large tiles are: smaller than in Node, for the memory of phones' GPUs.
 *
 * @param imageSize of the training images
 */
export function tilingFor(
  { multiple }: NetworkSizes,
  imageSize: Sides,
): Pick<ImageTranslatorOptions, 'wholePixels' | 'tileSide'> {
  return {
    wholePixels: Math.max(WHOLE_PIXELS, 1.5 * pixelsIn(imageSize)),
    // A deep U-Net takes multiples of 256: between two margins, tiles need room to begin at them.
    tileSide: Math.max(TILE_SIDE, 4 * multiple, longerSide(imageSize)),
  };
}
