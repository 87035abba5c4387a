import { isSeed } from '../summary/repeats.js';
import type { SweepAxis, SweepSummary } from '../summary/sweep-summary.js';
import { categories, scaleOf, type AxisScale } from '../../report/kit/axis-scale.js';

/** Seeds have no order as long as one can tell them apart. */
const MOST_SEEDS = 12;

/** The axes that have something to show: weights of the loss first, then numbers, then others; repeats last. */
export function shownAxes({ axes }: SweepSummary): SweepAxis[] {
  const order = (axis: SweepAxis) => (axis.path.startsWith('loss.') ? 0 : isSeed(axis) ? 3 : isNumeric(axis) ? 1 : 2);
  return axes.filter(({ values }) => new Set(values).size > 1).sort((a, b) => order(a) - order(b));
}

/** Where the values of an axis lie. */
export function scaleOfAxis(axis: SweepAxis): AxisScale {
  return isSeed(axis) && axis.values.length <= MOST_SEEDS ? categories(axis.values) : scaleOf(axis.values);
}

function isNumeric({ values }: SweepAxis): boolean {
  return values.every((value) => typeof value === 'number');
}
