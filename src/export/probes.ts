import type { NetworkSizes } from '../registry/kinds/network.js';
import { roundUp } from '../support/round-up.js';
import { meanSide, sidesOf, type Sides } from '../support/sides.js';

/** The batch, height and width of images. */
export type ImageSides = readonly [batch: number, height: number, width: number];

/**
 * Images of other sides than the training's, to find what in a traced graph depends on them: the least size, where a formula could end, and
 * sides that differ from it and the training's by different multiples. Each side has four values or more, with the training's.
 */
export function probesOf({ multiple, least }: NetworkSizes, imageSize: Sides): readonly ImageSides[] {
  const smallest = roundUp(least, multiple);
  const usual = Math.max(smallest, roundUp(Math.ceil(meanSide(imageSize)), multiple));
  return [
    [1, smallest, smallest],
    [3, smallest, usual + multiple],
    [2, usual + 2 * multiple, smallest + multiple],
    [5, usual + 5 * multiple, usual + 3 * multiple],
  ];
}

/** One image. */
export function oneOf(size: Sides): ImageSides {
  const { height, width } = sidesOf(size);
  return [1, height, width];
}

/** Two images, not square and not large, to compare an exported graph of free sides with its network. */
export function rectangleOf({ multiple, least }: NetworkSizes, imageSize: Sides): ImageSides {
  const height = roundUp(Math.max(least, meanSide(imageSize) / 4), multiple);
  return [2, height, height + multiple];
}
