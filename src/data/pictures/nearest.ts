/**
 * Nearest-neighbour resize of an RGB picture, exactly as TensorFlow 2's `tf.image.resize(..., method='nearest')` (half-pixel
 * centres, in float32).
 *
 * @param source [height, width, 3], uint8
 * @returns [size, size, 3], uint8
 */
export function resizeNearest(source: Uint8Array, width: number, height: number, size: number): Uint8Array {
  if (width === size && height === size) return source;
  const columns = sources(width, size);
  const out = new Uint8Array(size * size * 3);
  let at = 0;
  for (const y of sources(height, size)) {
    for (const x of columns) {
      const from = (y * width + x) * 3;
      out[at++] = source[from]!;
      out[at++] = source[from + 1]!;
      out[at++] = source[from + 2]!;
    }
  }
  return out;
}

/** For each of `to` pixels, the one of `from` that its centre lies in. */
function sources(from: number, to: number): number[] {
  const scale = Math.fround(from / to);
  return Array.from({ length: to }, (_, i) =>
    Math.min(from - 1, Math.floor(Math.fround(Math.fround(i + 0.5) * scale))),
  );
}
