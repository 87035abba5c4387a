import { join } from 'node:path';
import { IMAGE_PARTS, readImageResults, type NearestImage } from '../../evaluation/image-results-file.js';
import { recordedValues, type RecordedValue } from '../../evaluation/recorded-values.js';
import { parseMetricName } from '../../registry/metric-name.js';
import type { ImageEntry } from '../../report/run/images/image-entry.js';
import type { ReportCheckpoint, ReportEvaluation, ReportValue } from '../../report/run/run-report.js';
import { isInside } from '../../support/inside.js';
import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { isEvaluation } from '../evaluation-record.js';
import { runFile } from '../paths.js';
import type { StageRecord } from '../stage-record.js';

/** The results of a run's finished stages that measure, as far as they are of the known form. */
export async function evaluationsIn(
  runDir: string,
  records: ReadonlyMap<string, StageRecord>,
  stepsPerEpoch: number | null,
): Promise<ReportEvaluation[]> {
  const measured = [...records].filter(([, record]) => isEvaluation(record));
  return Promise.all(
    measured.map(async ([stage, { outputs }]) => {
      const dir = runFile.stage(runDir, stage);
      return {
        stage,
        step: numberOrNull(outputs['step']),
        checkpoints: checkpointsIn(outputs, stepsPerEpoch),
        images: await imagesIn(dir),
        grids: gridsIn(outputs, dir),
      };
    }),
  );
}

/** `last` and `best`, where both were measured, and the chosen one if it is neither; else the one that was. */
function checkpointsIn(outputs: JsonObject, stepsPerEpoch: number | null): ReportCheckpoint[] {
  const several = outputs['checkpoints'];
  const listed = Array.isArray(several) ? (several as readonly Json[]).filter(isObject) : [];
  const { step = null, metrics = null } = outputs;
  const chosen: JsonObject = { name: listed.length > 0 ? 'chosen' : 'last', step, metrics };
  const all = listed.some((checkpoint) => checkpoint['step'] === step) ? listed : [...listed, chosen];
  return all.map((checkpoint) => ({
    name: typeof checkpoint['name'] === 'string' ? checkpoint['name'] : 'last',
    step: numberOrNull(checkpoint['step']),
    epoch: numberOrNull(checkpoint['epoch']) ?? epochAt(checkpoint['step'], stepsPerEpoch),
    metrics: metricsIn(checkpoint['metrics']),
  }));
}

/** Only at the end of an epoch. */
function epochAt(step: Json | undefined, stepsPerEpoch: number | null): number | null {
  const epoch = typeof step === 'number' && stepsPerEpoch !== null ? step / stepsPerEpoch : NaN;
  return Number.isInteger(epoch) ? epoch : null;
}

function metricsIn(metrics: Json | undefined): ReportCheckpoint['metrics'] {
  const directions: Record<string, Record<string, ReportValue>> = {};
  for (const [path, value] of recordedValues(metrics)) {
    const { direction, name } = parseMetricName(path);
    if (direction !== null) (directions[direction] ??= {})[name] = reportValue(value);
  }
  return directions;
}

function reportValue({ diagnostic, ...recorded }: RecordedValue): ReportValue {
  const { value, better = null, unit = null, count = null, interval = null } = recorded;
  const { unchanged = null, real = null, alarm = null, referenceCount } = recorded;
  const compared = { unchanged, real, ...(referenceCount !== undefined && { referenceCount }) };
  return { value, better, unit, count, interval, ...compared, alarm, diagnostic: diagnostic === true };
}

async function imagesIn(dir: string): Promise<ImageEntry[]> {
  return (await readImageResults(dir)).map(({ direction, index, name, scores, nearest, ...files }) => ({
    direction,
    index,
    name,
    files: Object.fromEntries(
      IMAGE_PARTS.flatMap((part) => {
        const file = files[part];
        return file === undefined ? [] : [[part, join(dir, file)]];
      }),
    ),
    scores,
    ...(nearest && { nearest: mapValues(nearest, (image) => withFile(image, dir)) }),
  }));
}

function withFile({ name, file }: NearestImage, dir: string): NearestImage {
  return { name, ...(file !== undefined && { file: join(dir, file) }) };
}

function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function gridsIn({ grids }: JsonObject, dir: string): ReportEvaluation['grids'] {
  const names = Array.isArray(grids) ? grids.filter((name): name is string => typeof name === 'string') : [];
  return names.filter(isInside).map((name) => ({ direction: name.replace(/\.png$/, ''), file: join(dir, name) }));
}

function numberOrNull(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}
