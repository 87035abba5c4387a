import type { Metric, MetricValue } from '../registry/kinds/metric.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';

/** A measured value as a run has recorded it; versions and plugins may leave out all but the value. */
export type Measured = Partial<Pick<MetricValue, 'count' | 'interval'> & Pick<Metric, 'better' | 'unit'>> & {
  /** NaN and infinities come from trainings that diverged. */
  readonly value: number;
  /** What the untranslated input scores. */
  readonly unchanged?: number;
  /** What real images of the target domain score. */
  readonly real?: number;
  /** A hash of the metric's options. */
  readonly options?: string;
  /** It only finds faults; then it has no `better`. */
  readonly diagnostic?: true;
};

/** The values among a stage's `metrics`, by path: `AtoB/psnr`. */
export function measuredIn(value: Json | undefined, path: readonly string[] = []): [string, Measured][] {
  if (typeof value === 'number') return [[path.join('/'), { value }]];
  if (!isJsonObject(value)) return [];
  if (typeof value['value'] === 'number') {
    const measured = measuredOf(value, value['value']);
    return [[path.join('/'), isDiagnostic(path.join('/'), value) ? asDiagnostic(measured) : measured]];
  }
  return Object.entries(value).flatMap(([key, item]) => measuredIn(item, [...path, key]));
}

/** `{direction: 'AtoB', metric: 'psnr'}` of `AtoB/psnr`; null for a value that belongs to no direction. */
export function splitDirection(path: string): { readonly direction: string | null; readonly metric: string } {
  const [, direction, metric] = /^(?:.*\/)?(AtoB|BtoA)\/(.+)$/.exec(path) ?? [];
  return direction === undefined ? { direction: null, metric: path } : { direction, metric: metric! };
}

/** `psnr`, the mean of `AtoB/psnr` and `BtoA/psnr`, for each metric with directions. A mean over directions has no interval. */
export function meansOf(metrics: ReadonlyMap<string, Measured>): Map<string, Measured> {
  const byName = new Map<string, Measured[]>();
  for (const [path, measured] of metrics) {
    const { direction, metric } = splitDirection(path);
    // A second evaluation of the run is under its stage's name, and no part of the mean.
    if (direction === null || path !== `${direction}/${metric}`) continue;
    byName.set(metric, [...(byName.get(metric) ?? []), measured]);
  }
  return new Map(
    [...byName].map(([name, all]) => {
      const { better, unit, diagnostic } = all[0]!;
      const value = all.reduce((sum, each) => sum + each.value, 0) / all.length;
      return [
        name,
        { value, ...(better && { better }), ...(unit !== undefined && { unit }), ...(diagnostic && { diagnostic }) },
      ];
    }),
  );
}

/** Of runs that recorded no such trait, by the names of those days. */
const DIAGNOSTICS = /^(.*\/)?(inversion|diversity-[^/]+|discriminator-accuracy\/(real|fake))$/;

function isDiagnostic(path: string, value: JsonObject): boolean {
  return value['diagnostic'] === true || (value['options'] === undefined && DIAGNOSTICS.test(path));
}

function asDiagnostic(measured: Measured): Measured {
  const others = Object.entries(measured).filter(([key]) => key !== 'better');
  return { ...(Object.fromEntries(others) as unknown as Measured), diagnostic: true };
}

function measuredOf(json: JsonObject, value: number): Measured {
  const { better, unit, interval, count, unchanged, real, options } = json;
  return {
    value,
    ...((better === 'higher' || better === 'lower') && { better }),
    ...(typeof unit === 'string' && { unit }),
    ...(isInterval(interval) && { interval }),
    ...(typeof count === 'number' && { count }),
    ...(typeof unchanged === 'number' && { unchanged }),
    ...(typeof real === 'number' && { real }),
    ...(typeof options === 'string' && { options }),
  };
}

function isInterval(value: Json | undefined): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number' && !isNaN(end));
}
