import { isSeed } from '../summary/repeats.js';
import type { SweepAxis, SweepSummary } from '../summary/sweep-summary.js';
import { categories, scaleOf, type AxisScale } from '../../report/kit/axis-scale.js';

/** Up to this many, seeds are categories rather than numbers. */
const MOST_SEEDS = 12;

/** The axes with several values: loss weights first, then numbers, then others; seeds last. */
export function shownAxes({ axes }: SweepSummary): SweepAxis[] {
  const order = (axis: SweepAxis) => (axis.path.startsWith('loss.') ? 0 : isSeed(axis) ? 3 : isNumeric(axis) ? 1 : 2);
  return axes.filter(({ values }) => new Set(values).size > 1).sort((a, b) => order(a) - order(b));
}

/** The scale of an axis. */
export function scaleOfAxis(axis: SweepAxis): AxisScale {
  return isSeed(axis) && axis.values.length <= MOST_SEEDS ? categories(axis.values) : scaleOf(axis.values);
}

function isNumeric({ values }: SweepAxis): boolean {
  return values.every((value) => typeof value === 'number');
}
