import { formatNumber, formatNumberLike } from '../../support/format-number.js';
import { visible } from '../../support/visible.js';
import { isRanked } from '../ranking-order.js';
import type { Group } from './groups.js';
import type { SweepSummary, TrialState } from './sweep-summary.js';

const ORDER: readonly TrialState[] = [
  'done',
  'pruned',
  'paused',
  'running',
  'queued',
  'stopped',
  'cancelled',
  'crashed',
  'failed',
];

/** `6 trials: 4 done, 1 crashed, 1 failed.` */
export function counted({ trials }: Pick<SweepSummary, 'trials'>): string {
  const of = (state: TrialState) => trials.filter((trial) => trial.state === state).length;
  const parts = ORDER.filter((state) => of(state) > 0).map((state) => `${of(state)} ${state}`);
  return `${trials.length} trial${trials.length === 1 ? '' : 's'}: ${parts.join(', ')}.`;
}

/** The text of a missing value. */
export const NONE = '–';

/** A measured number; a dash if it is not finite. */
export function numberText(value: number | null | undefined): string {
  return isRanked(value) ? formatNumber(value) : NONE;
}

/** `17.80 dB` */
export function measured(value: number | null | undefined, metric: SweepSummary['metric']): string {
  const text = numberText(value);
  return text === NONE ? text : withUnit(text, metric);
}

function withUnit(text: string, { unit }: SweepSummary['metric']): string {
  return unit === undefined ? text : `${text} ${visible(unit)}`;
}

/** A caution if the sweep varies a loss weight of the ranking metric itself; else empty. */
export function optimizedNote({ name, optimizedBy = [] }: SweepSummary['metric']): string {
  if (optimizedBy.length === 0) return '';
  const [weights, raises] = optimizedBy.length === 1 ? ['a weight', 'it'] : ['weights', 'them'];
  return `Caution: ${optimizedBy.join(' and ')} ${optimizedBy.length === 1 ? 'is' : 'are'} ${weights} of ${name} in the loss, so raising ${raises} improves ${name} regardless of translation quality; choose another with --metric.`;
}

/** `19.14 dB ± 0.28`, `15.00 dB ± 1.00`: both with the same number of decimals. */
export function meanText(
  { mean, deviation }: Pick<Group, 'mean' | 'deviation'>,
  metric: SweepSummary['metric'],
): string {
  if (deviation === undefined || !isRanked(mean)) return measured(mean, metric);
  return `${withUnit(formatNumberLike(mean, mean), metric)} ± ${formatNumberLike(deviation, mean)}`;
}
