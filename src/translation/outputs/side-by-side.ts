import type { RgbImage } from '../../inference/image-grid.js';

/** Two images of one size beside each other. */
export function sideBySide(left: RgbImage, right: RgbImage): RgbImage {
  const { width, height } = left;
  const data = new Uint8Array(width * height * 6);
  const bytes = width * 3;
  for (let y = 0; y < height; y++) {
    data.set(left.data.subarray(y * bytes, (y + 1) * bytes), y * bytes * 2);
    data.set(right.data.subarray(y * bytes, (y + 1) * bytes), y * bytes * 2 + bytes);
  }
  return { width: width * 2, height, data };
}
