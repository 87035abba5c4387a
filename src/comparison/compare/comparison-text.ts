import type { RecordedValue } from '../../evaluation/recorded-values.js';
import type { Verdict } from './verdict.js';

/** A number with four significant digits, as in tables. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return size >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

/** `16.20 [15.41, 16.93]` */
export function withInterval({ value, interval }: Pick<RecordedValue, 'value' | 'interval'>): string {
  return interval === undefined ? figure(value) : `${figure(value)} ${range(interval, decimalsOf(value))}`;
}

/** `+1.13 [0.80, 1.46]`: the difference to the first run, with the decimals of the value; empty if there is none. @param value of this run */
export function differenceText({ difference, interval }: Verdict, value: number): string {
  if (difference === null) return '';
  const decimals = decimalsOf(value);
  const signed = `${difference > 0 ? '+' : ''}${rounded(difference, decimals)}`;
  return interval === null ? signed : `${signed} ${range(interval, decimals)}`;
}

/** What the measured value is of: `20 images, input unchanged 13.92, real images 0.3000`. */
export function contextText({ count, unchanged, real }: RecordedValue): string {
  return [
    ...(count === undefined ? [] : [`${count} image${count === 1 ? '' : 's'}`]),
    ...(unchanged === undefined ? [] : [`input unchanged ${figure(unchanged)}`]),
    ...(real === undefined ? [] : [`real images ${figure(real)}`]),
  ].join(', ');
}

/** What every comparison must say of its verdicts. */
export const CAUTION =
  'Intervals are 95% and cover the choice of test images, not the chance of a training: another seed may differ by more. Of twenty verdicts, about one is wrong by chance.';

function range([low, high]: readonly [number, number], decimals: number | undefined): string {
  return `[${rounded(low, decimals)}, ${rounded(high, decimals)}]`;
}

/** Undefined for a very small or large value, which has an exponent. */
function decimalsOf(value: number): number | undefined {
  const text = figure(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? (text.split('.')[1] ?? '').length : undefined;
}

function rounded(value: number, decimals: number | undefined): string {
  const text = decimals === undefined ? figure(value) : value.toFixed(decimals);
  // A difference that rounds to nothing still has a size.
  return (value !== 0 && Number(text) === 0 ? figure(value) : text).replace('-', '−');
}
