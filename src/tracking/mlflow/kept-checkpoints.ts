import type { CheckpointRecord, MetricRecord, RunRecord } from '../../registry/kinds/record.js';
import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { parseMetricName, VALIDATION } from '../../registry/metric-name.js';
import type { Metric } from './client/types.js';
import { keyOf } from './mlflow-names.js';

/** A checkpoint that the training keeps, with the points of curves that measure it. */
export interface KeptCheckpoint {
  /** Its roles, in order: it may be the best and the last one. */
  readonly roles: readonly string[];
  readonly step: number;
  readonly epoch: number;
  /** When it was made, in milliseconds since 1970. */
  readonly time: number;
  /** Its folder, relative to the run's. */
  readonly dir: string;
}

/** What a tracker remembers of a training's checkpoints between its calls. */
export interface Checkpoints {
  readonly kept: readonly KeptCheckpoint[];
  /** Whether the training has ended: then they are not replaced any more. */
  readonly final: boolean;
  /** The points of the validation and of the evaluation at the steps of kept checkpoints. */
  readonly points: readonly MeasuredPoint[];
}

/** A point of a curve that measures a checkpoint. */
export interface MeasuredPoint extends Metric {
  readonly on: 'validation' | 'test';
}

export const NO_CHECKPOINTS: Checkpoints = { kept: [], final: false, points: [] };

/** Adds what records say; returns the same object if that is nothing. A `best` replaces the earlier one; a training that starts over begins anew. */
export function withRecords(
  before: Checkpoints,
  records: readonly RunRecord[],
  { config }: Pick<TrackerSite, 'config'>,
): Checkpoints {
  const typeOf = (stage: string) => config.stages[stage]?.type;
  let { kept, final, points } = before;
  for (const record of records) {
    if (record.kind === 'stage-started' && typeOf(record.stage) === 'train' && !record.value.resumes)
      ({ kept, final, points } = NO_CHECKPOINTS);
    else if (record.kind === 'checkpoint') {
      kept = withRole(kept, record);
      points = withMeasuredBefore(points, record);
    } else if (record.kind === 'stage-finished' && typeOf(record.stage) === 'train') final = true;
    else if (record.kind === 'metric') points = withPoint(points, kept, record, typeOf(record.stage));
  }
  const changed = kept !== before.kept || final !== before.final || points !== before.points;
  return changed ? { kept, final, points } : before;
}

function withRole(kept: readonly KeptCheckpoint[], { name, step, time, value }: CheckpointRecord): KeptCheckpoint[] {
  const others = kept
    .map((one) => ({ ...one, roles: one.roles.filter((role) => role !== name) }))
    .filter(({ roles }) => roles.length > 0);
  const same = others.find((one) => one.step === step);
  const { dir, epoch } = value;
  if (same === undefined) return [...others, { roles: [name], step, epoch, time, dir }];
  return others.map((one) => (one === same ? { ...one, roles: [...one.roles, name] } : one));
}

/** The validation of a checkpoint that was not kept so far, as when another metric makes an earlier one the best. */
function withMeasuredBefore(
  points: readonly MeasuredPoint[],
  { step, time, value: { metrics } }: CheckpointRecord,
): readonly MeasuredPoint[] {
  if (points.some((point) => point.step === step && point.on === 'validation')) return points;
  const own = Object.entries(metrics).map(([name, value]): MeasuredPoint => {
    return { key: keyOf(`${VALIDATION}/${name}`), value, timestamp: time, step, on: 'validation' };
  });
  return own.length === 0 ? points : [...points, ...own];
}

/** A validation comes before its checkpoint, so its points are kept until the next validation; an evaluation comes after. */
function withPoint(
  points: readonly MeasuredPoint[],
  kept: readonly KeptCheckpoint[],
  { name, step, value, time }: MetricRecord,
  type: string | undefined,
): readonly MeasuredPoint[] {
  const on = parseMetricName(name).source === VALIDATION ? 'validation' : type === 'evaluate' ? 'test' : undefined;
  // JSON, in which a tracker's state is kept, has no NaN; and it says nothing about a model.
  if (on === undefined || !Number.isFinite(value)) return points;
  const isNeeded = (point: MeasuredPoint) => point.step === step || kept.some((one) => one.step === point.step);
  return [...points.filter(isNeeded), { key: keyOf(name), value, timestamp: time, step, on }];
}
