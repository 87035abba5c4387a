/** Bits after the binary point of a coefficient: 32, less 8 of a pixel, less 2 because a sum of parts may leave 0..1. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

interface Filter {
  /** How far it reaches, in pixels of the coarser picture. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** Keys' cubic convolution with a = -0.5. */
const BICUBIC: Filter = {
  support: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};

const BILINEAR: Filter = {
  support: 1,
  weight: (distance) => Math.max(0, 1 - Math.abs(distance)),
};

const FILTERS = { bilinear: BILINEAR, bicubic: BICUBIC };

/**
 * Resizes an RGB picture exactly, bit for bit, as Pillow's `Image.resize((size, size), BICUBIC | BILINEAR)`, with which the
 * paper's PyTorch code resizes: separable convolution whose filter is widened when it shrinks (so that it does not alias),
 * coefficients in fixed point, rounded to 8 bits between the horizontal pass, which is first, and the vertical one.
 *
 * After Pillow's `src/libImaging/Resample.c` (`precompute_coeffs`, `ImagingResampleInner`).
 *
 * @param source [height, width, 3], uint8
 * @returns [size, size, 3], uint8; the source itself where it has that size
 */
export function resample(
  source: Uint8Array,
  width: number,
  height: number,
  size: number,
  filter: keyof typeof FILTERS,
): Uint8Array {
  if (width === size && height === size) return source;
  const rows = contributions(height, size, filter);
  // A side that stays as it is has no pass: that is not only faster, it also saves a rounding.
  if (width === size) return vertical(source, width, rows, 0);
  const first = rows.starts[0]!;
  const last = rows.starts[size - 1]! + rows.counts[size - 1]!;
  const columns = contributions(width, size, filter);
  const narrow = horizontal(source.subarray(first * width * 3), width, last - first, columns);
  return height === size ? new Uint8Array(narrow.buffer) : vertical(narrow, size, rows, first);
}

/** For each pixel of a row or column of the result: which pixels it is made of, and how much of each. */
interface Contributions {
  readonly size: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** Room for this many a pixel. */
  readonly reach: number;
  /** Times 2 ** PRECISION. */
  readonly weights: Int32Array;
}

function contributions(from: number, to: number, name: keyof typeof FILTERS): Contributions {
  const key = `${name} ${from} ${to}`;
  const known = cache.get(key);
  if (known) return known;
  const made = compute(from, to, FILTERS[name]);
  // Data sets have a few sizes of pictures, or as many as pictures: then the latest are as good as any.
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, made);
  return made;
}

const CACHED = 64;
const cache = new Map<string, Contributions>();

function compute(from: number, to: number, filter: Filter): Contributions {
  const scale = from / to;
  const widening = Math.max(1, scale);
  const support = filter.support * widening;
  const reach = Math.ceil(support) * 2 + 1;
  const inverse = 1 / widening;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * reach);
  const exact = new Float64Array(reach);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      exact[k] = filter.weight((k + start - centre + 0.5) * inverse);
      sum += exact[k]!;
    }
    for (let k = 0; k < count; k++) weights[i * reach + k] = fixedPoint(sum === 0 ? exact[k]! : exact[k]! / sum);
    starts[i] = start;
    counts[i] = count;
  }
  return { size: to, starts, counts, reach, weights };
}

/** Rounds halves away from zero, which `Math.round` does not. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION + (weight < 0 ? -0.5 : 0.5));
}

/** @returns [height, columns.size, 3] */
function horizontal(source: Uint8Array, width: number, height: number, columns: Contributions): Uint8ClampedArray {
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
        red += source[from]! * weight;
        green += source[from + 1]! * weight;
        blue += source[from + 2]! * weight;
      }
      out[at++] = red >> PRECISION;
      out[at++] = green >> PRECISION;
      out[at++] = blue >> PRECISION;
    }
  }
  return out;
}

/** Whole rows at a time, so that memory is read in its order. @returns [rows.size, width, 3] */
function vertical(
  source: Uint8Array | Uint8ClampedArray,
  width: number,
  rows: Contributions,
  first: number,
): Uint8Array {
  const { size, starts, counts, reach, weights } = rows;
  const bytes = width * 3;
  const out = new Uint8ClampedArray(size * bytes);
  const sums = new Int32Array(bytes);
  for (let y = 0; y < size; y++) {
    sums.fill(HALF);
    for (let k = 0; k < counts[y]!; k++) {
      const weight = weights[y * reach + k]!;
      const from = (starts[y]! - first + k) * bytes;
      for (let i = 0; i < bytes; i++) sums[i] = sums[i]! + source[from + i]! * weight;
    }
    const to = y * bytes;
    for (let i = 0; i < bytes; i++) out[to + i] = sums[i]! >> PRECISION;
  }
  return new Uint8Array(out.buffer);
}
