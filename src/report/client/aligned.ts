/** Curves on one axis. */
export interface Aligned {
  /** Ascending. */
  readonly steps: Float64Array;
  /** For each curve its values at these steps, NaN where it has none. */
  readonly values: readonly Float64Array[];
}

/** Puts curves on the union of their steps, which ascend. */
export function aligned(
  curves: readonly { readonly steps: ArrayLike<number>; readonly values: ArrayLike<number> }[],
): Aligned {
  const [first] = curves;
  if (first !== undefined && curves.every(({ steps }) => steps === first.steps)) {
    return { steps: Float64Array.from(first.steps), values: curves.map(({ values }) => Float64Array.from(values)) };
  }
  const union = new Set<number>();
  for (const { steps } of curves) for (let i = 0; i < steps.length; i++) union.add(steps[i]!);
  const steps = Float64Array.from(union).sort();
  const places = new Map<number, number>();
  steps.forEach((step, i) => places.set(step, i));
  const values = curves.map((curve) => {
    const all = new Float64Array(steps.length).fill(NaN);
    for (let i = 0; i < curve.steps.length; i++) all[places.get(curve.steps[i]!)!] = curve.values[i]!;
    return all;
  });
  return { steps, values };
}
