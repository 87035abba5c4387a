/** More points than a screen has pixels are not visible. */
export const MAX_POINTS = 10_000;

/** A value over steps, which ascend. */
export interface Points {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/**
 * For a chart that zooms: at most `most` points that look the same. Of each bucket of equal width in points, the least and the greatest value in their order, so that
 * no spike is lost. The first and last points stay.
 */
export function extremesOf({ steps, values }: Points, most = MAX_POINTS): Points {
  if (steps.length <= most) return { steps, values };
  const buckets = Math.floor((most - 2) / 2);
  const kept = [0];
  const inner = steps.length - 2;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = 1 + Math.floor((bucket * inner) / buckets);
    const to = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    let [least, greatest] = [from, from];
    for (let at = from; at < to; at++) {
      // A value that is not a number stays: it is where a training diverged.
      if (Number.isNaN(values[least]!)) break;
      if (!(values[at]! >= values[least]!)) least = at;
      if (values[at]! > values[greatest]!) greatest = at;
    }
    kept.push(...(least === greatest ? [least] : [Math.min(least, greatest), Math.max(least, greatest)]));
  }
  kept.push(steps.length - 1);
  return { steps: kept.map((at) => steps[at]!), values: kept.map((at) => values[at]!) };
}

/** For a small chart: the means of finite values over stretches of `width` steps, in which noise drops out. */
export function meansOver({ steps, values }: Points, width: number): Points {
  const stretches = new Map<number, { count: number; step: number; value: number }>();
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    const at = width > 0 ? Math.floor(steps[i]! / width) : 0;
    const sum = stretches.get(at) ?? { count: 0, step: 0, value: 0 };
    stretches.set(at, { count: sum.count + 1, step: sum.step + steps[i]!, value: sum.value + value });
  }
  const means = [...stretches.values()];
  return {
    steps: means.map(({ step, count }) => step / count),
    values: means.map(({ value, count }) => value / count),
  };
}
