import { pixelCountOf } from '../../images/image-size.js';

/** What an image takes of the room for large ones, in pixels. Of smaller ones the number of workers is limit enough. */
export function pixelCost(bytes: Uint8Array): number {
  const pixels = pixelCountOf(bytes) ?? 0;
  return pixels > LARGE ? pixels : 0;
}

const LARGE = 4e6;
