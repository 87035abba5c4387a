import { scaleLinear, scaleLog } from 'd3-scale';
import type { Scalar } from '../../support/json.js';
import { visible } from '../../support/visible.js';

/** Beyond this ratio of the largest to the smallest, equal steps are equal ratios. */
const WIDE = 10;
/** So many different values are marked as they are: who swept 1, 3 and 10 looks for these. */
const MOST_OWN_TICKS = 8;
/** Values nearer than this share of the axis would be written over each other. */
const NEAREST = 0.06;
/** About so many round numbers mark an axis. */
const TICKS = 5;
/** Categories that have a place each; the others share the last. */
const MOST_CATEGORIES = 20;

/** Where an axis is marked, and what the mark says. */
export interface Tick<T = number> {
  readonly value: T;
  readonly text: string;
}

/** Places of values on an axis, from 0 to 1. */
export interface AxisScale {
  readonly kind: 'linear' | 'logarithmic' | 'categories';
  readonly ticks: readonly Tick<Scalar>[];
  /** Undefined for what has no place there. */
  place(value: Scalar | undefined): number | undefined;
  /** Of a tick: one that many values share has no single value. */
  placeOfTick(index: number): number;
}

/** Numbers are placed by size, all others as categories. */
export function scaleOf(values: readonly (Scalar | undefined)[]): AxisScale {
  const known = [...new Set(values.filter((value) => value !== undefined))];
  const numbers = known.filter(isNumber);
  return numbers.length === known.length && numbers.length > 1 ? parameterScale(numbers) : categories(known);
}

/** What was measured: in equal steps, marked at round numbers. */
export function metricScale(values: readonly number[]): AxisScale {
  const numbers = ascending(values);
  const scale = linear(numbers);
  return onAxis('linear', scale, numbers.length < 2 ? asTheyAre(numbers) : scale.ticks());
}

/** A parameter: in equal ratios where its values span far, marked at the values themselves where they are few. */
function parameterScale(values: readonly number[]): AxisScale {
  const numbers = ascending(values);
  const isWide = numbers[0]! > 0 && numbers.at(-1)! / numbers[0]! >= WIDE;
  const scale = isWide ? logarithmic(numbers) : linear(numbers);
  const places = numbers.map(scale.place);
  const isApart = places.every((place, i) => i === 0 || place - places[i - 1]! >= NEAREST);
  const own = numbers.length <= MOST_OWN_TICKS && isApart;
  return onAxis(isWide ? 'logarithmic' : 'linear', scale, own ? asTheyAre(numbers) : scale.ticks());
}

/** Each value its own place, numbers in their order. */
export function categories(values: readonly Scalar[]): AxisScale {
  const all = values.every(isNumber) ? ascending(values) : [...new Set(values)];
  const shown = all.length > MOST_CATEGORIES ? all.slice(0, MOST_CATEGORIES - 1) : all;
  const rest = all.length - shown.length;
  const count = shown.length + (rest > 0 ? 1 : 0);
  const indexes = new Map<Scalar, number>(all.map((value, index) => [value, Math.min(index, count - 1)]));
  const placeOfTick = (index: number) => (index + 0.5) / count;
  return {
    kind: 'categories',
    ticks: [
      ...shown.map((value) => ({ value, text: visible(String(value)) })),
      ...(rest > 0 ? [{ value: null, text: `${rest} others` }] : []),
    ],
    place: (value) => {
      const index = value === undefined ? undefined : indexes.get(value);
      return index === undefined ? undefined : placeOfTick(index);
    },
    placeOfTick,
  };
}

/** A number as short as it can be read; a whole one, such as a seed, as it is. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isSafeInteger(value) && size < 1e12) return String(value);
  if (size < 1e-3 || size >= 1e7) return value.toExponential(3).replace(/\.?0*e/, 'e');
  return String(Number(value.toPrecision(4)));
}

interface NumberScale {
  readonly place: (value: number) => number;
  /** Round numbers, about {@link TICKS} of them. */
  ticks(): Tick[];
}

function linear(numbers: readonly number[]): NumberScale {
  const [min, max] = [numbers[0] ?? 1, numbers.at(-1) ?? 1];
  // Halves keep the difference of two huge numbers finite.
  const scale = scaleLinear([min / 2, max / 2], [0, 1]);
  const exact = scaleLinear([min, max], [0, 1]);
  return {
    place: (value) => scale(value / 2),
    ticks: () => {
      const values = exact.ticks(TICKS);
      const step = values.length > 1 ? values[1]! - values[0]! : 0;
      // Steps below the precision of numbers there, or beyond their range.
      if (!(step > 0 && step < Infinity)) return asTheyAre([min, max]);
      const isExtreme = Math.max(Math.abs(min), Math.abs(max)) >= 1e6 || step < 1e-4;
      return isExtreme ? asTheyAre(values) : withTexts(values, exact.tickFormat(TICKS));
    },
  };
}

function logarithmic(numbers: readonly number[]): NumberScale {
  const scale = scaleLog([numbers[0]!, numbers.at(-1)!], [0, 1]);
  return {
    place: (value) => scale(value),
    ticks: () => {
      // d3 has no text for ticks whose numbers would be written over each other.
      const text = scale.tickFormat(TICKS);
      return asTheyAre(scale.ticks(TICKS).filter((value) => text(value) !== ''));
    },
  };
}

function onAxis(kind: AxisScale['kind'], scale: NumberScale, ticks: readonly Tick[]): AxisScale {
  return {
    kind,
    ticks,
    place: (value) => (isNumber(value) ? scale.place(value) : undefined),
    placeOfTick: (index) => scale.place(ticks[index]!.value),
  };
}

function asTheyAre(values: readonly number[]): Tick[] {
  return withTexts(values, shortNumber);
}

function withTexts(values: readonly number[], text: (value: number) => string): Tick[] {
  return values.map((value) => ({ value, text: text(value) }));
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function isNumber(value: Scalar | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
