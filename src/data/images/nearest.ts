/**
 * Nearest-neighbour resize of an RGB image, exactly as TensorFlow 2's `tf.image.resize(..., method='nearest')` (half-pixel
 * centres, in float32).
 *
 * @param source [height, width, 3], uint8
 * @returns [size, size, 3], uint8; the source itself where it has that size
 */
export function resizeNearest(source: Uint8Array, width: number, height: number, size: number): Uint8Array {
  if (width === size && height === size) return source;
  const columns = sources(width, size);
  const rows = sources(height, size);
  const out = new Uint8Array(size * size * 3);
  for (let y = 0, at = 0; y < size; y++) {
    const row = rows[y]! * width * 3;
    for (let x = 0; x < size; x++) {
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
