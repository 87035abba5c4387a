import { sidesOf, type HeightWidth, type Sides } from '../../support/sides.js';

/**
 * Nearest-neighbour resize of an RGB image, exactly as TensorFlow 2's `tf.image.resize(..., method='nearest')` (half-pixel
 * centres, in float32).
 *
 * @param source [height, width, 3], uint8
 * @returns the image at that size, uint8; the source itself where it has that size
 */
export function resizeNearest(
  source: Uint8Array,
  width: number,
  height: number,
  size: Sides | HeightWidth,
): Uint8Array {
  const to = sidesOf(size);
  if (width === to.width && height === to.height) return source;
  const columns = sources(width, to.width);
  const rows = sources(height, to.height);
  const out = new Uint8Array(to.width * to.height * 3);
  for (let y = 0, at = 0; y < to.height; y++) {
    const row = rows[y]! * width * 3;
    for (let x = 0; x < to.width; x++) {
      const from = row + columns[x]! * 3;
      out[at++] = source[from]!;
      out[at++] = source[from + 1]!;
      out[at++] = source[from + 2]!;
    }
  }
  return out;
}

/** For each of `to` pixels, the index of the source pixel that contains its centre. */
function sources(from: number, to: number): Int32Array {
  const scale = Math.fround(from / to);
  return Int32Array.from({ length: to }, (_, i) =>
    Math.min(from - 1, Math.floor(Math.fround(Math.fround(i + 0.5) * scale))),
  );
}
