import type { Direction } from '../../registry/kinds/export-format.js';

/** By which value of a validation a training chooses. */
export interface Criterion {
  /** As in `evaluate.metrics`: `kd-efficientnet-lite0`, `pr/precision`. */
  readonly metric: string;
  /** `both`: the mean over the method's directions. */
  readonly direction: Direction | 'both';
  /** null: as the metric says. */
  readonly better: 'lower' | 'higher' | null;
}

/** A criterion whose direction of improvement is decided. */
export type DecidedCriterion = Criterion & { readonly better: 'lower' | 'higher' };

/** Values by direction and name: `AtoB/psnr`. */
export type ValidationMetrics = Readonly<Record<string, number>>;

/** The value of a validation; undefined if it did not measure it, or if it is not finite. */
export function valueOf({ metric, direction }: Criterion, metrics: ValidationMetrics): number | undefined {
  const directions = direction === 'both' ? (['AtoB', 'BtoA'] as const) : [direction];
  const values = directions.flatMap((each) => metrics[`${each}/${metric}`] ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Number.isFinite(mean) ? mean : undefined;
}

/** Whether a value is better than another by more than a difference. */
export function isBetter(value: number, than: number, better: 'lower' | 'higher', by = 0): boolean {
  return better === 'higher' ? value > than + by : value < than - by;
}

/** Its name for people: `AtoB psnr`. */
export function criterionName({ metric, direction }: Criterion): string {
  return direction === 'both' ? metric : `${direction} ${metric}`;
}
