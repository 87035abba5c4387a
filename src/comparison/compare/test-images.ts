import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readImageResults } from '../../evaluation/image-results-file.js';
import { isEvaluation } from '../../pipeline/evaluation-record.js';
import type { StageRecord } from '../../pipeline/stage-record.js';
import { isInside } from '../../support/inside.js';
import type { Json } from '../../support/json.js';
import type { RunEntry } from '../run-entry.js';

/** A test image with its translation and values: a line of the evaluation's images.jsonl. */
export interface EvaluatedImage {
  readonly direction: string;
  readonly index: number;
  readonly name: string;
  /** Files of the images, absolute. */
  readonly source: string | undefined;
  readonly translated: string | undefined;
  readonly truth: string | undefined;
  /** By metric. */
  readonly scores: ReadonlyMap<string, number>;
}

/** The evaluation of a run that is compared. */
export interface Evaluation {
  /** The stage's folder. */
  readonly dir: string;
  readonly record: StageRecord;
  /** Empty for a run of a version that recorded no single images. */
  readonly images: readonly EvaluatedImage[];
}

/** The finished evaluation of a run: the first stage of the type `evaluate`, or else the first that measured test images. */
export function evaluationIn(records: RunEntry['records']): readonly [string, StageRecord] | undefined {
  const all = [...records].filter(([, record]) => isEvaluation(record));
  return all.find(([, { parts }]) => parts.stage.type === 'evaluate') ?? all[0];
}

/** The evaluation of a run with its images. */
export async function readEvaluation({ dir: runDir, records }: RunEntry): Promise<Evaluation | undefined> {
  const [name, record] = evaluationIn(records) ?? [];
  if (name === undefined || record === undefined) return undefined;
  const dir = join(runDir, name);
  return { dir, record, images: await readImages(dir) };
}

async function readImages(dir: string): Promise<EvaluatedImage[]> {
  const file = (path: string | undefined) => (path === undefined ? undefined : join(dir, path));
  return (await readImageResults(dir)).map(({ direction, index, name, source, translated, truth, scores }) => ({
    ...{ direction, index, name, scores: new Map(Object.entries(scores)) },
    ...{ source: file(source), translated: file(translated), truth: file(truth) },
  }));
}

/** The grid of some test images: real | translated | ..., by direction. */
export async function gridsOf({ dir, record }: Evaluation): Promise<Map<string, string>> {
  const grids = record.outputs['grids'];
  const files = (Array.isArray(grids) ? (grids as readonly Json[]) : []).map(String).filter(isInside);
  const there = await Promise.all(
    files.map((file) =>
      stat(join(dir, file)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return new Map(files.filter((_, i) => there[i]).map((file) => [file.replace(/\.\w+$/, ''), join(dir, file)]));
}
