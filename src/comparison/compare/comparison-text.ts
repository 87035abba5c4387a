import { formatNumber, formatNumberLike, formatWithin } from '../../support/format-number.js';
import { counted } from '../../support/plain-text.js';
import type { RecordedValue } from '../../evaluation/recorded-values.js';
import { parseMetricName, VALIDATION } from '../../registry/metric-name.js';
import type { ComparedMetric } from './compare-runs.js';
import type { Verdict } from './verdict.js';

/** `16.20 [15.41, 16.93]` */
export function withInterval({ value, interval }: Pick<RecordedValue, 'value' | 'interval'>): string {
  const shown = formatWithin(value, interval);
  return interval === undefined ? shown : `${shown} ${range(interval, value)}`;
}

/** `+1.13 [0.80, 1.46]`: the difference to the first run, with the decimals of the value; empty if there is none. @param value of this run */
export function differenceText({ difference, interval }: Verdict, value: number): string {
  if (difference === null) return '';
  const signed = `${difference > 0 ? '+' : ''}${formatNumberLike(difference, value)}`;
  return interval === null ? signed : `${signed} ${range(interval, value)}`;
}

/** What the measured value is of: `20 images, input unchanged 13.92, real images 0.3000`. */
export function contextText({ count, unchanged, real }: RecordedValue): string {
  return [
    ...(count === undefined ? [] : [counted(count, 'image')]),
    ...(unchanged === undefined ? [] : [`input unchanged ${formatNumber(unchanged)}`]),
    ...(real === undefined ? [] : [`real images ${formatNumber(real)}`]),
  ].join(', ');
}

/** What measured a value, if not the evaluation of the test images: `validation`, or the name of a second evaluation's stage. */
export function sourceText({ path }: Pick<ComparedMetric, 'path'>): string {
  const { source } = parseMetricName(path);
  const parts = source.split('/').filter((part) => part !== '');
  return parts.map((part) => (part === VALIDATION ? 'validation' : part)).join(', ');
}

/** What every comparison must say of its verdicts. */
export const CAUTION =
  'Intervals are 95% and cover the choice of test images, not the chance of a training: another seed may differ by more. Of twenty verdicts, about one is wrong by chance.';

function range([low, high]: readonly [number, number], like: number): string {
  return `[${formatNumberLike(low, like)}, ${formatNumberLike(high, like)}]`;
}
