import { scaleLinear, scaleLog } from 'd3-scale';
import type { Scalar } from '../../support/json.js';
import { visible } from '../../support/visible.js';

/** At this ratio of the largest to the smallest value, an axis is logarithmic. */
const LOGARITHMIC_FROM = 10;
/** Up to this many distinct values, ticks are the values themselves, such as the 1, 3 and 10 of a sweep. */
const MAX_VALUE_TICKS = 8;
/** Labels of ticks closer than this share of the axis overlap. */
const MIN_TICK_DISTANCE = 0.06;
/** Approximate number of ticks at round numbers. */
const TICKS = 5;
/** Categories with a position of their own; all others share the last one. */
const MAX_CATEGORIES = 20;

/** A position on an axis, and its label. */
export interface Tick<T = number> {
  readonly value: T;
  readonly text: string;
}

/** Maps values to positions on an axis, from 0 to 1. */
export interface AxisScale {
  readonly kind: 'linear' | 'logarithmic' | 'categories';
  readonly ticks: readonly Tick<Scalar>[];
  /** Undefined if the axis does not contain the value. */
  place(value: Scalar | undefined): number | undefined;
  /** The position of a tick; a tick that several values share has no single value. */
  placeOfTick(index: number): number;
}

/** A scale for numbers if all values are numbers, else for categories. */
export function scaleOf(values: readonly (Scalar | undefined)[]): AxisScale {
  const known = [...new Set(values.filter((value) => value !== undefined))];
  const numbers = known.filter(isNumber);
  return numbers.length === known.length && numbers.length > 1 ? parameterScale(numbers) : categories(known);
}

/** A linear scale for measured values, with ticks at round numbers. */
export function metricScale(values: readonly number[]): AxisScale {
  const numbers = ascending(values);
  const scale = linear(numbers);
  return onAxis('linear', scale, numbers.length < 2 ? withShortNumbers(numbers) : scale.ticks());
}

/** A scale for a parameter: logarithmic if its range is wide; with a tick at each value if they are few. */
function parameterScale(values: readonly number[]): AxisScale {
  const numbers = ascending(values);
  const isWide = numbers[0]! > 0 && numbers.at(-1)! / numbers[0]! >= LOGARITHMIC_FROM;
  const scale = isWide ? logarithmic(numbers) : linear(numbers);
  const places = numbers.map(scale.place);
  const isApart = places.every((place, i) => i === 0 || place - places[i - 1]! >= MIN_TICK_DISTANCE);
  const own = numbers.length <= MAX_VALUE_TICKS && isApart;
  return onAxis(isWide ? 'logarithmic' : 'linear', scale, own ? withShortNumbers(numbers) : scale.ticks());
}

/** One position for each value, numbers in ascending order. */
export function categories(values: readonly Scalar[]): AxisScale {
  const all = values.every(isNumber) ? ascending(values) : [...new Set(values)];
  const shown = all.length > MAX_CATEGORIES ? all.slice(0, MAX_CATEGORIES - 1) : all;
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

/** A short readable number; an integer, such as a seed, in full. */
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
      // The step is below the precision of the numbers, or out of their range.
      if (!(step > 0 && step < Infinity)) return withShortNumbers([min, max]);
      const isExtreme = Math.max(Math.abs(min), Math.abs(max)) >= 1e6 || step < 1e-4;
      return isExtreme ? withShortNumbers(values) : withTexts(values, exact.tickFormat(TICKS));
    },
  };
}

function logarithmic(numbers: readonly number[]): NumberScale {
  const scale = scaleLog([numbers[0]!, numbers.at(-1)!], [0, 1]);
  return {
    place: (value) => scale(value),
    ticks: () => {
      // d3 returns an empty text for ticks whose labels would overlap.
      const text = scale.tickFormat(TICKS);
      return withShortNumbers(scale.ticks(TICKS).filter((value) => text(value) !== ''));
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

function withShortNumbers(values: readonly number[]): Tick[] {
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
