import { contributions, PRECISION, type Contributions, type FilterName } from './contributions.js';

const HALF = 1 << (PRECISION - 1);

/**
 * Resizes an RGB picture exactly, bit for bit, as Pillow's `Image.resize((size, size), BICUBIC | BILINEAR)`, with which the
 * paper's PyTorch code resizes: separable convolution whose filter is widened when it shrinks (so that it does not alias),
 * weights in fixed point, rounded to 8 bits between the two passes.
 *
 * After `src/libImaging/Resample.c` of Pillow 13. Earlier ones always have the horizontal pass first, which makes a difference of a
 * few levels in tall pictures that are shrunk.
 *
 * @param source [height, width, 3], uint8
 * @returns [size, size, 3], uint8; the source itself where it has that size
 */
export function resample(
  source: Uint8Array,
  width: number,
  height: number,
  size: number,
  filter: FilterName,
): Uint8Array {
  const columns = contributions(width, size, filter);
  const rows = contributions(height, size, filter);
  // A side that stays as it is has no pass: that is not only faster, it also saves a rounding.
  if (width === size) return height === size ? source : vertical(source, width, rows, 0);
  if (height === size) return horizontal(source, width, height, columns);
  if (isVerticalFirst(width, height, size)) return horizontal(vertical(source, width, rows, 0), width, size, columns);
  const first = rows.starts[0]!;
  const last = rows.starts[size - 1]! + rows.counts[size - 1]!;
  const narrow = horizontal(source.subarray(first * width * 3), width, last - first, columns);
  return vertical(narrow, size, rows, first);
}

/** Where the height shrinks by far more than the width, Pillow 13 does that first. */
function isVerticalFirst(width: number, height: number, size: number): boolean {
  return height > size && (width - size) * 2 < height - size;
}

/** @returns [height, columns.size, 3] */
function horizontal(source: Uint8Array, width: number, height: number, columns: Contributions): Uint8Array {
  if (columns.reach === 4) return horizontalOfFour(source, width, height, columns);
  const { size, starts, counts, reach, weights } = columns;
  // Clamped arrays make 0..255 of what the cubic's negative parts overshoot.
  const out = new Uint8ClampedArray(height * size * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < size; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = (row + starts[x]!) * 3;
      let k = x * reach;
      for (const end = k + counts[x]!; k < end; k++, from += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(source[from]!, weight)) | 0;
        green = (green + Math.imul(source[from + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[from + 2]!, weight)) | 0;
      }
      out[at++] = red >> PRECISION;
      out[at++] = green >> PRECISION;
      out[at++] = blue >> PRECISION;
    }
  }
  return new Uint8Array(out.buffer);
}

/** The same, in two thirds of the time. */
function horizontalOfFour(source: Uint8Array, width: number, height: number, columns: Contributions): Uint8Array {
  const { size, starts, weights } = columns;
  const out = new Uint8ClampedArray(height * size * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < size; x++) {
      const k = x * 4;
      const wa = weights[k]!;
      const wb = weights[k + 1]!;
      const wc = weights[k + 2]!;
      const wd = weights[k + 3]!;
      const from = (row + starts[x]!) * 3;
      out[at++] = ofFour(source, from, wa, wb, wc, wd);
      out[at++] = ofFour(source, from + 1, wa, wb, wc, wd);
      out[at++] = ofFour(source, from + 2, wa, wb, wc, wd);
    }
  }
  return new Uint8Array(out.buffer);
}

/** Four pixels of one channel, weighted. */
function ofFour(source: Uint8Array, from: number, wa: number, wb: number, wc: number, wd: number): number {
  const ab = (Math.imul(source[from]!, wa) + Math.imul(source[from + 3]!, wb)) | 0;
  const cd = (Math.imul(source[from + 6]!, wc) + Math.imul(source[from + 9]!, wd)) | 0;
  return (HALF + ab + cd) >> PRECISION;
}

/**
 * Whole rows at a time, so that memory is read in its order, and four of them at once, which halves the time.
 *
 * @param first the row that `source` begins with
 * @returns [rows.size, width, 3]
 */
function vertical(source: Uint8Array, width: number, rows: Contributions, first: number): Uint8Array {
  if (rows.reach === 4) return verticalOfFour(source, width, rows, first);
  const { size, starts, counts, reach, weights } = rows;
  const bytes = width * 3;
  const out = new Uint8ClampedArray(size * bytes);
  const sums = new Int32Array(bytes);
  for (let y = 0; y < size; y++) {
    sums.fill(HALF);
    for (let k = 0; k < counts[y]!; k += 4) {
      const left = counts[y]! - k;
      const at = y * reach + k;
      const a = (starts[y]! - first + k) * bytes;
      const b = left > 1 ? a + bytes : a;
      const c = left > 2 ? b + bytes : a;
      const d = left > 3 ? c + bytes : a;
      const wa = weights[at]!;
      const wb = left > 1 ? weights[at + 1]! : 0;
      const wc = left > 2 ? weights[at + 2]! : 0;
      const wd = left > 3 ? weights[at + 3]! : 0;
      for (let i = 0; i < bytes; i++) {
        const ab = (Math.imul(source[a + i]!, wa) + Math.imul(source[b + i]!, wb)) | 0;
        const cd = (Math.imul(source[c + i]!, wc) + Math.imul(source[d + i]!, wd)) | 0;
        sums[i] = (sums[i]! + ab + cd) | 0;
      }
    }
    const to = y * bytes;
    for (let i = 0; i < bytes; i++) out[to + i] = sums[i]! >> PRECISION;
  }
  return new Uint8Array(out.buffer);
}

/** The same, without sums that wait. */
function verticalOfFour(source: Uint8Array, width: number, rows: Contributions, first: number): Uint8Array {
  const { size, starts, weights } = rows;
  const bytes = width * 3;
  const out = new Uint8ClampedArray(size * bytes);
  for (let y = 0; y < size; y++) {
    const a = (starts[y]! - first) * bytes;
    const b = a + bytes;
    const c = b + bytes;
    const d = c + bytes;
    const wa = weights[y * 4]!;
    const wb = weights[y * 4 + 1]!;
    const wc = weights[y * 4 + 2]!;
    const wd = weights[y * 4 + 3]!;
    const to = y * bytes;
    for (let i = 0; i < bytes; i++) {
      const ab = (Math.imul(source[a + i]!, wa) + Math.imul(source[b + i]!, wb)) | 0;
      const cd = (Math.imul(source[c + i]!, wc) + Math.imul(source[d + i]!, wd)) | 0;
      out[to + i] = (HALF + ab + cd) >> PRECISION;
    }
  }
  return new Uint8Array(out.buffer);
}
