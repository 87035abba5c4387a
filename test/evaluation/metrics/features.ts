import type { Features } from '../../../src/registry/kinds/metric.js';
import { keyedRandom } from '../../../src/support/keyed-random.js';

/** Features from rows of numbers. */
export function featuresOf(rows: readonly (readonly number[])[]): Features {
  return { count: rows.length, width: rows[0]?.length ?? 0, values: Float32Array.from(rows.flat()) };
}

/** Normal random features: a row is `shift` + `spread` times numbers of variance 1. */
export function randomFeatures(key: string, count: number, width: number, { shift = 0, spread = 1 } = {}): Features {
  const random = keyedRandom('features', key);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return { count, width, values: Float32Array.from({ length: count * width }, () => shift + spread * normal()) };
}

/** Row `index` as plain numbers. */
export function rowOf({ width, values }: Features, index: number): number[] {
  return Array.from(values.subarray(index * width, (index + 1) * width));
}
