import { join } from 'node:path';
import { readImageResults, IMAGE_PARTS } from '../../evaluation/image-results-file.js';
import type { ImageEntry } from '../../report/run/images/image-entry.js';
import type { ReportCheckpoint, ReportEvaluation, ReportValue } from '../../report/run/run-report.js';
import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { runFile } from '../paths.js';
import type { StageRecord } from '../stage-record.js';

/** The results of a run's finished stages that measure, as far as they are of the known form. */
export async function evaluationsIn(
  runDir: string,
  records: ReadonlyMap<string, StageRecord>,
  stepsPerEpoch: number | null,
): Promise<ReportEvaluation[]> {
  const measured = [...records].filter(([, { status, outputs }]) => status === 'done' && isObject(outputs['metrics']));
  return Promise.all(
    measured.map(async ([stage, { outputs }]) => {
      const dir = runFile.stage(runDir, stage);
      return {
        stage,
        checkpoints: checkpointsIn(outputs, stepsPerEpoch),
        images: await imagesIn(dir),
        grids: gridsIn(outputs, dir),
      };
    }),
  );
}

/** `last` and `best`, where both were measured; else the one that was. */
function checkpointsIn(outputs: JsonObject, stepsPerEpoch: number | null): ReportCheckpoint[] {
  const several = outputs['checkpoints'];
  const listed = Array.isArray(several) ? (several as readonly Json[]).filter(isObject) : [];
  const all = listed.length > 0 ? listed : [{ name: 'last', step: outputs['step']!, metrics: outputs['metrics']! }];
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
  const directions = Object.entries(isObject(metrics) ? metrics : {}).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  return Object.fromEntries(
    directions.map(([direction, values]) => [
      direction,
      Object.fromEntries(Object.entries(values).flatMap(([name, value]) => valueIn(name, value))),
    ]),
  );
}

function valueIn(name: string, value: Json): [string, ReportValue][] {
  if (!isObject(value) || typeof value['value'] !== 'number') return [];
  const { better, unit, interval, alarm } = value;
  const isInterval = Array.isArray(interval) && interval.length === 2 && interval.every(Number.isFinite);
  return [
    [
      name,
      {
        value: value['value'],
        better: better === 'higher' || better === 'lower' ? better : null,
        unit: typeof unit === 'string' ? unit : null,
        count: numberOrNull(value['count']),
        interval: isInterval ? (interval as unknown as readonly [number, number]) : null,
        unchanged: numberOrNull(value['unchanged']),
        real: numberOrNull(value['real']),
        alarm: typeof alarm === 'string' ? alarm : null,
      },
    ],
  ];
}

async function imagesIn(dir: string): Promise<ImageEntry[]> {
  return (await readImageResults(dir)).map(({ direction, index, name, scores, ...files }) => ({
    direction,
    index,
    name,
    files: Object.fromEntries(
      IMAGE_PARTS.flatMap((part) => {
        const file = files[part];
        return typeof file === 'string' && isInside(file) ? [[part, join(dir, file)]] : [];
      }),
    ),
    scores: Object.fromEntries(Object.entries(scores).filter(([, score]) => typeof score === 'number')),
  }));
}

function gridsIn({ grids }: JsonObject, dir: string): ReportEvaluation['grids'] {
  const names = Array.isArray(grids) ? grids.filter((name): name is string => typeof name === 'string') : [];
  return names.filter(isInside).map((name) => ({ direction: name.replace(/\.png$/, ''), file: join(dir, name) }));
}

/** A page is sent to others: it must not contain files of other folders. */
function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.split(/[/\\]/).includes('..');
}

function numberOrNull(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}
