import { pixelCountOf } from '../../images/image-size.js';

/** An image's share of the memory budget for large images, in pixels; small ones are limited by the number of workers. */
export function pixelCost(bytes: Uint8Array): number {
  const pixels = pixelCountOf(bytes) ?? 0;
  return pixels > LARGE ? pixels : 0;
}

const LARGE = 4e6;
