/** Bits after the binary point of a weight: 32, less 8 of a pixel, less 2 because parts of the sum may leave 0..1. */
export const PRECISION = 22;

/** For each pixel of a row or column of the result: which pixels it is made of, and how much of each. */
export interface Contributions {
  readonly size: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** Room for this many a pixel. */
  readonly reach: number;
  /** Times 2 ** PRECISION. */
  readonly weights: Int32Array;
}

/** Of Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`; the latest are kept. */
export function contributions(from: number, to: number, name: FilterName): Contributions {
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
  return ofFour({ size: to, starts, counts, reach, weights }, from);
}

/** The usual case of pictures that are enlarged, where nothing needs more than four pixels, as exactly four each: others weigh nothing. */
function ofFour(some: Contributions, from: number): Contributions {
  const { size, starts, counts, reach, weights } = some;
  if (from < 4 || counts.some((count) => count > 4)) return some;
  const four = {
    size,
    starts: new Int32Array(size),
    counts: counts.map(() => 4),
    reach: 4,
    weights: new Int32Array(size * 4),
  };
  for (let i = 0; i < size; i++) {
    const start = Math.min(starts[i]!, from - 4);
    four.starts[i] = start;
    const at = i * 4 + starts[i]! - start;
    four.weights.set(weights.subarray(i * reach, i * reach + counts[i]!), at);
  }
  return four;
}

/** Rounds halves away from zero, which `Math.round` does not. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION + (weight < 0 ? -0.5 : 0.5));
}

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

/** By their names in the configuration. */
const FILTERS = { bilinear: BILINEAR, bicubic: BICUBIC };

export type FilterName = keyof typeof FILTERS;
