/** Bits after the binary point of a weight: 32, less 8 of a pixel, less 2 because partial sums may leave 0..1. */
const PRECISION = 22;

/** Bits of the lower half of a weight; the upper half has the others and the sign. */
const LOW_BITS = 12;

/** For each pixel of a row or column of the result: its source pixels and their weights. */
export interface ResampleWeights {
  readonly starts: Int32Array;
  /** Source pixels of each pixel; some of them may have weight 0. */
  readonly taps: number;
  /** Weights stored for each pixel: `taps` rounded up to a multiple of 4. */
  readonly reach: number;
  /** Weights times 2 ** PRECISION, split as `wasm/passes.as.ts` expects: of each two weights, both high halves and both low ones. */
  readonly weights: Int16Array;
}

/** Follows Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`; caches the latest. */
export function resampleWeights(from: number, to: number, name: FilterName): ResampleWeights {
  const key = `${name} ${from} ${to}`;
  const known = cache.get(key);
  if (known) return known;
  const computed = compute(from, to, FILTERS[name]);
  // A data set has either a few image sizes or as many as images; then it does not matter which are cached.
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, computed);
  return computed;
}

const CACHED = 64;
const cache = new Map<string, ResampleWeights>();

function compute(from: number, to: number, filter: Filter): ResampleWeights {
  const windows = windowsOf(from, to, filter);
  const taps = Math.max(...windows.map(({ weights }) => weights.length));
  const reach = Math.ceil(taps / 4) * 4;
  const starts = new Int32Array(to);
  const weights = new Int16Array(to * reach * 2);
  for (const [i, { first, weights: exact }] of windows.entries()) {
    // All pixels have equally many taps, none of them outside of the image.
    const start = Math.min(first, from - taps);
    for (const [k, weight] of exact.entries()) put(weights, i * reach + first - start + k, fixedPoint(weight));
    starts[i] = start;
  }
  return { starts, taps, reach, weights };
}

/**
 * The same weights before rounding, as Pillow applies them to images of floats (mode `F`): a matrix that a column of `from` pixels is
 * multiplied by.
 *
 * @returns [to, from], row by row
 */
export function resampleMatrix(from: number, to: number, name: FilterName): Float32Array {
  const matrix = new Float32Array(to * from);
  for (const [i, { first, weights }] of windowsOf(from, to, FILTERS[name]).entries()) {
    matrix.set(weights, i * from + first);
  }
  return matrix;
}

/** The source pixels of a pixel of the result, from `first` on, and their weights. */
interface Window {
  readonly first: number;
  readonly weights: readonly number[];
}

function windowsOf(from: number, to: number, filter: Filter): Window[] {
  const scale = from / to;
  const widening = Math.max(1, scale);
  const support = filter.support * widening;
  const inverse = 1 / widening;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const weights = Array.from({ length: end - first }, (_, k) => filter.weight((first + k - centre + 0.5) * inverse));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: sum === 0 ? weights : weights.map((weight) => weight / sum) };
  });
}

function put(weights: Int16Array, index: number, weight: number): void {
  const at = (index >> 1) * 4 + (index & 1);
  weights[at] = weight >> LOW_BITS;
  weights[at + 2] = weight & ((1 << LOW_BITS) - 1);
}

/** Rounds halves away from zero, which `Math.round` does not. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION + (weight < 0 ? -0.5 : 0.5));
}

interface Filter {
  /** Its radius, in pixels of the coarser image. */
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

/** By their names in the configuration. */
const FILTERS = { bilinear: BILINEAR, bicubic: BICUBIC };

export type FilterName = keyof typeof FILTERS;
