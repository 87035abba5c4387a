/**
 * The Wasserstein-1 distance of two sets of numbers, ∫ |F - G|, as `scipy.stats.wasserstein_distance`. The sets may have different sizes.
 *
 * @param a ascending @param b ascending
 */
export function wasserstein(a: Float32Array, b: Float32Array): number {
  let [distance, i, j] = [0, 0, 0];
  let last = Math.min(a[0]!, b[0]!);
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && a[i]! <= b[j]!);
    const at = fromA ? a[i]! : b[j]!;
    distance += Math.abs(i / a.length - j / b.length) * (at - last);
    last = at;
    if (fromA) i += 1;
    else j += 1;
  }
  return distance;
}

/**
 * The derivative of {@link wasserstein} by the weight of a number x of `a`: ∫ sign(F - G) (1[x ≤ t] - F), which is -φ(x) up to a constant, with
 * φ' = sign(F - G).
 *
 * @returns -φ at each of `values`
 */
export function influences(a: Float32Array, b: Float32Array, values: Float32Array): Float64Array {
  const knots = new Float64Array(a.length + b.length);
  const heights = new Float64Array(knots.length);
  let [i, j, height] = [0, 0, 0];
  let last = Math.min(a[0]!, b[0]!);
  for (let k = 0; k < knots.length; k++) {
    const fromA = j >= b.length || (i < a.length && a[i]! <= b[j]!);
    const at = fromA ? a[i]! : b[j]!;
    height += Math.sign(i / a.length - j / b.length) * (at - last);
    [knots[k], heights[k], last] = [at, height, at];
    if (fromA) i += 1;
    else j += 1;
  }
  // Each of the values is a knot: all are in one of the sets.
  return Float64Array.from(values, (value) => -heights[firstAt(knots, value)]!);
}

/** The first index whose number is not below `value`. */
function firstAt(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
