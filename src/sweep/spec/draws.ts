import type { RandomOptions, Range } from '../../registry/config.js';

import type { Json } from '../../support/json.js';
import { keyedRandom } from '../../support/keyed-random.js';
import type { OptionProblem } from '../../registry/component.js';

/** Significant digits of a drawn number: more only make run names longer. */
const DIGITS = 4;

/** Values by config path, per draw. Each is a function of (seed, draw number, path), so more draws or paths do not change the others. */
export function draws({ trials, seed, ranges }: RandomOptions): Record<string, Json>[] {
  return Array.from({ length: trials }, (_, number) =>
    Object.fromEntries(
      Object.entries(ranges).map(([path, range]) => [path, valueAt(range, keyedRandom(seed, number, path).float())]),
    ),
  );
}

/** Problems of ranges that the schema cannot express. */
export function rangeProblems({ ranges }: RandomOptions): OptionProblem[] {
  return Object.entries(ranges).flatMap(([path, range]) => {
    const message = rangeProblem(range);
    return message === undefined ? [] : [{ path: ['random', 'ranges', path], message }];
  });
}

function rangeProblem(range: { min?: number; max?: number; scale?: string; step?: number; values?: readonly Json[] }) {
  const { min, max, scale, step, values } = range;
  if (values !== undefined)
    return Object.keys(range).length === 1 ? undefined : 'expected only values, or min and max.';
  if (min === undefined || max === undefined) return 'expected min and max, or values.';
  if (min >= max) return `expected min below max, found ${min} and ${max}.`;
  if (scale === 'log' && min <= 0) return `expected min above 0 for scale: log, found ${min}.`;
  return scale === 'log' && step !== undefined ? 'expected step without scale: log.' : undefined;
}

/** @param u from 0 to below 1 */
function valueAt(range: Range, u: number): Json {
  if ('values' in range) return range.values[Math.floor(u * range.values.length)]!;
  const { min, max, scale, step } = range;
  if (step !== undefined) {
    const steps = Math.floor((max - min) / step + 1e-9) + 1;
    return Number((min + step * Math.floor(u * steps)).toPrecision(12));
  }
  const drawn = scale === 'log' ? min * (max / min) ** u : min + (max - min) * u;
  return Math.min(max, Math.max(min, Number(drawn.toPrecision(DIGITS))));
}
