import type { Direction } from '../registry/kinds/export-format.js';
import type { Metric, MetricValue } from '../registry/kinds/metric.js';
import { metricPath, meanOverDirections, parseMetricName, type MetricName } from '../registry/metric-name.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';

/** A measured value as a run has recorded it; versions and plugins may leave out all but the value. */
export type RecordedValue = Partial<
  Omit<MetricValue, 'value'> & Pick<Metric, 'better' | 'unit' | 'diagnostic' | 'directions'>
> & {
  /** NaN and infinities come from trainings that diverged. */
  readonly value: number;
  /** What the untranslated input scores. */
  readonly unchanged?: number;
  /** What real images of the target domain score. */
  readonly real?: number;
  /** A hash of the metric's options. */
  readonly options?: string;
  /** How many real images it compares with. */
  readonly referenceCount?: number;
};

/** The values among a stage's `metrics`, by path: `AtoB/psnr`, `validate/AtoB/pr/precision`. */
export function recordedValues(metrics: Json | undefined): Map<string, RecordedValue> {
  return new Map(valuesAt(metrics, []));
}

/** The numbers alone. */
export function recordedNumbers(metrics: Json | undefined): Record<string, number> {
  return Object.fromEntries([...recordedValues(metrics)].map(([path, { value }]) => [path, value]));
}

/**
 * `psnr` of `AtoB/psnr` and `BtoA/psnr`, `validate/psnr` of the same on the validation images: the mean over all directions of the run. A metric
 * that lacks one of them has no mean. A mean has no interval.
 *
 * @param values all of a run: what has a direction says which directions there are
 */
export function meansOf<Value extends RecordedValue>(values: ReadonlyMap<string, Value>): Map<string, RecordedValue> {
  const named = [...values].map(([path, value]) => ({ ...parseMetricName(path), value }));
  const directed = named.filter(({ direction }) => direction !== null);
  const all = [...new Set(directed.map(({ direction }) => direction!))];
  const groups = new Map<string, typeof directed>();
  for (const each of directed) {
    const path = metricPath({ ...each, direction: null });
    groups.set(path, [...(groups.get(path) ?? []), each]);
  }
  return new Map([...groups].flatMap(([path, group]) => meanOf(group, all).map((mean) => [path, mean] as const)));
}

type Directed = Pick<MetricName, 'direction'> & { readonly value: RecordedValue };

function meanOf(group: readonly Directed[], all: readonly Direction[]): RecordedValue[] {
  const { better, unit, diagnostic, directions = all } = group[0]!.value;
  const value = meanOverDirections(
    directions.map((each) => group.find(({ direction }) => direction === each)?.value.value),
  );
  if (value === undefined) return [];
  return [{ value, ...(better && { better }), ...(unit !== undefined && { unit }), ...(diagnostic && { diagnostic }) }];
}

function valuesAt(json: Json | undefined, path: readonly string[]): [string, RecordedValue][] {
  if (typeof json === 'number') return [[path.join('/'), { value: json }]];
  if (!isJsonObject(json)) return [];
  if (typeof json['value'] === 'number') return [[path.join('/'), valueIn(path.join('/'), json, json['value'])]];
  return Object.entries(json).flatMap(([key, item]) => valuesAt(item, [...path, key]));
}

function valueIn(path: string, json: JsonObject, value: number): RecordedValue {
  const { better, unit, interval, count, unchanged, real, options, alarm, directions, referenceCount } = json;
  return {
    value,
    ...((better === 'higher' || better === 'lower') && { better }),
    ...(onlyFindsFaults(path, json) && { diagnostic: true as const }),
    ...(typeof unit === 'string' && { unit }),
    ...(isInterval(interval) && { interval }),
    ...(typeof count === 'number' && { count }),
    ...(typeof unchanged === 'number' && { unchanged }),
    ...(typeof real === 'number' && { real }),
    ...(typeof options === 'string' && { options }),
    ...(typeof alarm === 'string' && { alarm }),
    ...(typeof referenceCount === 'number' && { referenceCount }),
    ...(areDirections(directions) && { directions }),
  };
}

/** Of runs that recorded no such trait, by the names of those days. */
const DIAGNOSTICS = /^(inversion|diversity-[^/]+|discriminator-accuracy\/(real|fake))$/;

function onlyFindsFaults(path: string, value: JsonObject): boolean {
  const isOld = value['options'] === undefined;
  return value['diagnostic'] === true || (isOld && DIAGNOSTICS.test(parseMetricName(path).name));
}

/** One with an infinite end, as of a perfect PSNR, says nothing. */
function isInterval(value: Json | undefined): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((end) => Number.isFinite(end));
}

function areDirections(value: Json | undefined): value is readonly Direction[] {
  return Array.isArray(value) && value.every((item) => item === 'AtoB' || item === 'BtoA');
}
