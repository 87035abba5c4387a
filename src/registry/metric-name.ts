import type { Direction } from './kinds/export-format.js';

/** The parts of the name under which a value is recorded: `validate/AtoB/pr-efficientnet-lite0/precision`. */
export interface MetricName {
  /** What measured it, before the direction: `validate` or a stage's name; empty in the outputs of the run's evaluation. */
  readonly source: string;
  /** Null for a mean over directions, and for a value that belongs to none. */
  readonly direction: Direction | null;
  /** As in `evaluate.metrics` and in files: `psnr`, `pr-efficientnet-lite0/precision`. */
  readonly name: string;
  /** Without its part: `pr-efficientnet-lite0`. */
  readonly metric: string;
  /** `precision`; null for a metric with one value. */
  readonly part: string | null;
}

/** The source of values on the validation images. */
export const VALIDATION = 'validate';

/** Reads a name. Without a direction, only {@link VALIDATION} is known to be a source. */
export function parseMetricName(path: string): MetricName {
  const [, source = '', direction, directed] = /^(?:(.*)\/)?(AtoB|BtoA)\/(.+)$/.exec(path) ?? [];
  if (directed !== undefined) return { source, direction: direction as Direction, ...withPart(directed) };
  const isValidation = path.startsWith(`${VALIDATION}/`);
  const name = isValidation ? path.slice(VALIDATION.length + 1) : path;
  return { source: isValidation ? VALIDATION : '', direction: null, ...withPart(name) };
}

/** The inverse of {@link parseMetricName}: `validate/psnr` for the mean of the validation. */
export function metricPath({ source, direction, name }: Pick<MetricName, 'source' | 'direction' | 'name'>): string {
  return [source, direction ?? '', name].filter((part) => part !== '').join('/');
}

/**
 * The mean over directions. Undefined if one of them has no value, as a mean of the others would be another quantity; NaN if one is NaN.
 *
 * @param values of all directions in which the metric is measured
 */
export function meanOverDirections(values: readonly (number | null | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.length < values.length || known.length === 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function withPart(name: string): Pick<MetricName, 'name' | 'metric' | 'part'> {
  const end = name.indexOf('/');
  return end < 0 ? { name, metric: name, part: null } : { name, metric: name.slice(0, end), part: name.slice(end + 1) };
}
