import type { Scalar } from '../../summary/sweep-summary.js';
import { plain } from '../page-text.js';
import { logTicks, roundTicks, short, type Tick } from './ticks.js';

/** Beyond this ratio of the largest to the smallest, equal steps are equal ratios. */
const WIDE = 10;
/** So many different values are marked as they are: who swept 1, 3 and 10 looks for these. */
const MOST_OWN_TICKS = 8;
/** Values nearer than this share of the axis would be written over each other. */
const NEAREST = 0.06;
/** Categories that have a place each; the others share the last. */
const MOST_CATEGORIES = 20;

/** Places of values on an axis, from 0 to 1. */
export interface Scale {
  readonly kind: 'linear' | 'logarithmic' | 'categories';
  readonly ticks: readonly Tick<Scalar>[];
  /** Undefined for what has no place there. */
  place(value: Scalar | undefined): number | undefined;
  /** Of a tick: one that many values share has no single value. */
  placeOfTick(index: number): number;
}

/** Numbers are placed by size, all others as categories. */
export function scaleOf(values: readonly (Scalar | undefined)[]): Scale {
  const known = [...new Set(values.filter((value) => value !== undefined))];
  const numbers = known.filter(isNumber);
  return numbers.length === known.length && numbers.length > 1 ? numericScale(numbers) : categories(known);
}

/** Numbers by size, in equal ratios where they span far: those of a parameter. */
export function numericScale(values: readonly number[]): Scale {
  const numbers = [...new Set(values)].sort((a, b) => a - b);
  const log = numbers[0]! > 0 && numbers.at(-1)! / numbers[0]! >= WIDE;
  const place = placing(numbers, log);
  return { kind: log ? 'logarithmic' : 'linear', place, ...ticksAt(ticksFor(numbers, log, place), place) };
}

/** What was measured: in equal steps, marked at round numbers. */
export function metricScale(values: readonly number[]): Scale {
  const numbers = [...new Set(values)].sort((a, b) => a - b);
  const place = placing(numbers, false);
  const lone = numbers.map((value) => ({ value, text: short(value) }));
  const ticks = numbers.length < 2 ? lone : roundTicks(numbers[0]!, numbers.at(-1)!, 5);
  return { kind: 'linear', place, ...ticksAt(ticks, place) };
}

/** Each value its own place, numbers in their order. */
export function categories(values: readonly Scalar[]): Scale {
  const all = [...new Set(values)];
  if (all.every(isNumber)) all.sort((a, b) => a - b);
  const shown = all.length > MOST_CATEGORIES ? all.slice(0, MOST_CATEGORIES - 1) : all;
  const rest = all.length - shown.length;
  const count = shown.length + (rest > 0 ? 1 : 0);
  const indexes = new Map(all.map((value, index) => [value, Math.min(index, count - 1)]));
  const placeOfTick = (index: number) => (index + 0.5) / count;
  return {
    kind: 'categories',
    ticks: [
      ...shown.map((value) => ({ value, text: plain(value) })),
      ...(rest > 0 ? [{ value: null, text: `${rest} others` }] : []),
    ],
    place: (value) => {
      const index = value === undefined ? undefined : indexes.get(value);
      return index === undefined ? undefined : placeOfTick(index);
    },
    placeOfTick,
  };
}

function placing(numbers: readonly number[], log: boolean): (value: Scalar | undefined) => number | undefined {
  const [min, max] = [numbers[0] ?? 1, numbers.at(-1) ?? 1];
  // Halves keep the difference of two huge numbers finite.
  const at = (value: number) => (log ? Math.log(value) : value / 2);
  const span = at(max) - at(min);
  const place = (value: number) => (span === 0 ? 0.5 : (at(value) - at(min)) / span);
  return (value) => (isNumber(value) ? place(value) : undefined);
}

function ticksAt(ticks: readonly Tick[], place: Scale['place']): Pick<Scale, 'ticks' | 'placeOfTick'> {
  return { ticks, placeOfTick: (index) => place(ticks[index]!.value)! };
}

function ticksFor(numbers: readonly number[], log: boolean, place: Scale['place']): Tick[] {
  const apart = numbers.every((value, i) => i === 0 || place(value)! - place(numbers[i - 1])! >= NEAREST);
  if (numbers.length <= MOST_OWN_TICKS && apart) return numbers.map((value) => ({ value, text: short(value) }));
  const [min, max] = [numbers[0]!, numbers.at(-1)!];
  return log ? logTicks(min, max) : roundTicks(min, max, 5);
}

function isNumber(value: Scalar | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
