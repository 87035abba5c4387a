import type { Direction } from '../registry/kinds/export-format.js';
import { metricPath, meanOverDirections, parseMetricName } from '../registry/metric-name.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import type { MeasuredValue } from './measured.js';

type Read =
  | ('better' | 'unit' | 'diagnostic' | 'directions')
  | ('count' | 'interval' | 'unchanged' | 'real' | 'options' | 'alarm' | 'referenceCount');

/** A measured value as a run has recorded it; versions and plugins may leave out all but the value. */
export type RecordedValue = Partial<Pick<MeasuredValue, Read>> & {
  /** NaN and infinities come from trainings that diverged. */
  readonly value: number;
};

/** The values among a stage's `metrics`, by path: `AtoB/psnr`, `validate/AtoB/pr/precision`. */
export function recordedValues(metrics: Json | undefined): Map<string, RecordedValue> {
  return new Map(valuesAt(metrics, []));
}

/** The numbers alone. */
export function recordedNumbers(metrics: Json | undefined): Record<string, number> {
  return Object.fromEntries([...recordedValues(metrics)].map(([path, { value }]) => [path, value]));
}

/** The directions in which metrics are measured, by the metric's name. */
export type MeasuredDirections = ReadonlyMap<string, ReadonlySet<Direction>>;

/** @param paths of values, from any source: `AtoB/psnr`, `validate/BtoA/psnr` */
export function directionsIn(paths: Iterable<string>): MeasuredDirections {
  const found = new Map<string, Set<Direction>>();
  for (const { name, direction } of [...paths].map(parseMetricName))
    if (direction !== null) found.set(name, (found.get(name) ?? new Set()).add(direction));
  return found;
}

/**
 * `psnr` of `AtoB/psnr` and `BtoA/psnr`, `validate/psnr` of the same on the validation images: the mean over all directions of the run in which
 * the metric is measured. A metric that lacks one of them has no mean. A mean has no interval.
 *
 * @param values all of a run: what has a direction says which directions there are
 * @param measured where a value without recorded traits is measured: one of an older version, of a plugin, of a sweep's record. That of all
 * runs beside which the means stand, or else of this run alone
 */
export function meansOf<Value extends RecordedValue>(
  values: ReadonlyMap<string, Value>,
  measured: MeasuredDirections = directionsIn(values.keys()),
): Map<string, RecordedValue> {
  const all = new Set<Direction>();
  const groups = new Map<string, Group>();
  for (const [path, value] of values) {
    const { direction, ...parsed } = parseMetricName(path);
    if (direction === null) continue;
    all.add(direction);
    const mean = metricPath({ ...parsed, direction: null });
    const group = groups.get(mean) ?? { name: parsed.name, values: new Map() };
    group.values.set(direction, value);
    groups.set(mean, group);
  }
  return new Map(
    [...groups].flatMap(([path, group]) => meanOf(group, [...all], measured).map((mean) => [path, mean] as const)),
  );
}

/** A metric's values of one source. */
interface Group {
  readonly name: string;
  readonly values: Map<Direction, RecordedValue>;
}

function meanOf({ name, values }: Group, all: readonly Direction[], measured: MeasuredDirections): RecordedValue[] {
  const [{ better, unit, diagnostic, directions, options }] = [...values.values()] as [RecordedValue];
  const ownDirections = new Set(directions ?? (options === undefined ? measured.get(name) : all));
  const value = meanOverDirections(
    all.filter((each) => ownDirections.has(each)).map((each) => values.get(each)?.value),
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
