import type { Direction } from '../../registry/kinds/export-format.js';
import { meanOverDirections } from '../../registry/metric-name.js';

/** By which value of a validation a training chooses. */
export interface Criterion {
  /** As in `evaluate.metrics`: `kd-efficientnet-lite0`, `pr/precision`. */
  readonly metric: string;
  /** `both`: the mean over the method's directions. */
  readonly direction: Direction | 'both';
  /** null: as the metric says. */
  readonly better: 'lower' | 'higher' | null;
}

/** A criterion whose direction of improvement is decided, with the directions whose mean it is. */
export type DecidedCriterion = Criterion & {
  readonly better: 'lower' | 'higher';
  readonly directions: readonly Direction[];
};

/** Values by direction and name: `AtoB/psnr`; null for one that is not finite. */
export type ValidationMetrics = Readonly<Record<string, number | null>>;

/** The value of a validation; undefined if that of a direction was not measured, or is not finite. */
export function valueOf(
  { metric, directions }: Pick<DecidedCriterion, 'metric' | 'directions'>,
  metrics: ValidationMetrics,
): number | undefined {
  const mean = meanOverDirections(directions.map((each) => metrics[`${each}/${metric}`]));
  return Number.isFinite(mean) ? mean : undefined;
}

/** The finite values alone. */
export function finiteOf(metrics: ValidationMetrics): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter((entry): entry is [string, number] => entry[1] !== null));
}

/** Whether a value is better than another by more than a difference. */
export function isBetter(value: number, than: number, better: 'lower' | 'higher', by = 0): boolean {
  return better === 'higher' ? value > than + by : value < than - by;
}

/** Its name for people: `AtoB psnr`. */
export function criterionName({ metric, direction }: Criterion): string {
  return direction === 'both' ? metric : `${direction} ${metric}`;
}
