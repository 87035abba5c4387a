/** More points than a screen has pixels are not visible. */
export const MAX_POINTS = 10_000;

export interface Points {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/**
 * At most `most` points that look the same: of each bucket of equal width in points, the least and the greatest value in their order, so that
 * no spike is lost. The first and last points stay.
 */
export function downsampled({ steps, values }: Points, most = MAX_POINTS): Points {
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
