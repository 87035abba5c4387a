import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StoreSplit } from '../../data/store/prepared-store.js';
import { readIndex } from '../../data/store/read-index.js';
import { readImageResults } from '../../evaluation/image-results-file.js';
import { isEvaluation } from '../../pipeline/evaluation-record.js';
import type { ConsumedInput, StageRecord } from '../../pipeline/stage-record.js';
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

/** The finished evaluation of a run: the stage `evaluate`, or the first of that type. */
export async function readEvaluation({ dir: runDir, records }: RunEntry): Promise<Evaluation | undefined> {
  const all = [...records].filter(([, record]) => isEvaluation(record));
  const [name, record] = all.find(([, { parts }]) => parts.stage.type === 'evaluate') ?? all[0] ?? [];
  if (name === undefined || record === undefined) return undefined;
  const dir = join(runDir, name);
  return { dir, record, images: await readImages(dir) };
}

/** Why two evaluations do not have the same test images, as far as the disk says; undefined if they do. */
export async function otherTestImages(
  first: { readonly run: RunEntry; readonly evaluation: Evaluation },
  second: { readonly run: RunEntry; readonly evaluation: Evaluation },
): Promise<string | undefined> {
  const [a, b] = [datasetOf(first.evaluation), datasetOf(second.evaluation)];
  if (a === undefined || b === undefined || isSame(a, b)) return undefined;
  const [one, two] = await Promise.all([testSums(first.run, a), testSums(second.run, b)]);
  if (one === undefined || two === undefined) {
    return 'the data were prepared differently, and the prepared images are gone, so the test images may be others';
  }
  return one === two ? undefined : 'the test images are others, or prepared differently';
}

function datasetOf({ record: { inputs } }: Evaluation): ConsumedInput | undefined {
  return inputs['dataset'];
}

function isSame(a: ConsumedInput, b: ConsumedInput): boolean {
  return a.fingerprint === b.fingerprint || (a.made !== undefined && a.made === b.made);
}

const TESTS: readonly StoreSplit[] = ['testA', 'testB', 'truthA', 'truthB'];

/** The checksums of the pixels of all test images. */
async function testSums({ dir }: RunEntry, dataset: ConsumedInput): Promise<string | undefined> {
  try {
    const { splits } = await readIndex(join(dirname(dir), dataset.dir));
    return JSON.stringify(TESTS.map((split) => [splits[split].count, splits[split].sha256]));
  } catch {
    return undefined;
  }
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
