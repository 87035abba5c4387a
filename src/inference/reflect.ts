import type { RgbImage } from './image-grid.js';

/**
 * An image with more rows at the bottom and more columns on the right, which mirror it: without its last pixel where there are others, and as
 * often as they are needed.
 *
 * @param height at least the image's, as `width`
 */
export function padByReflection(image: RgbImage, height: number, width: number): RgbImage {
  if (image.height === height && image.width === width) return image;
  const data = new Uint8Array(height * width * 3);
  const columns = Array.from({ length: width - image.width }, (_, i) => mirrored(image.width + i, image.width));
  for (let y = 0; y < height; y++) {
    const from = mirrored(y, image.height) * image.width * 3;
    const row = image.data.subarray(from, from + image.width * 3);
    const to = y * width * 3;
    data.set(row, to);
    columns.forEach((x, i) => {
      for (let c = 0; c < 3; c++) data[to + (image.width + i) * 3 + c] = row[x * 3 + c]!;
    });
  }
  return { width, height, data };
}

/** The pixel of a line of `length` that a position behind its end shows: 0 1 2 3 2 1 0 1 2... */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = at % period;
  return within < length ? within : period - within;
}

/** The upper left part of an image. */
export function crop(image: RgbImage, height: number, width: number): RgbImage {
  if (image.height === height && image.width === width) return image;
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    data.set(image.data.subarray(y * image.width * 3, (y * image.width + width) * 3), y * width * 3);
  }
  return { width, height, data };
}
