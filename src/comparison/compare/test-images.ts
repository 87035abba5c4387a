import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StoreSplit } from '../../data/store/prepared-store.js';
import { readIndex } from '../../data/store/read-index.js';
import type { ConsumedInput, StageRecord } from '../../pipeline/stage-record.js';
import { isJsonObject, type Json } from '../../support/json.js';
import { decodeNumber } from '../../support/numbers.js';
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
  const all = [...records].filter(([, { status, outputs }]) => status === 'done' && isJsonObject(outputs['metrics']));
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

/** The lines of images.jsonl that can be read. */
async function readImages(dir: string): Promise<EvaluatedImage[]> {
  const text = await readFile(join(dir, 'images.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => imageOf(line, dir) ?? []);
}

function imageOf(line: string, dir: string): EvaluatedImage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line, decodeNumber);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { direction, index, name, scores } = value;
  if (typeof direction !== 'string' || typeof name !== 'string' || typeof index !== 'number') return undefined;
  const numbers = Object.entries(isJsonObject(scores) ? scores : {}).filter(isNumber);
  const file = (path: Json | undefined) => (typeof path === 'string' ? join(dir, path) : undefined);
  return {
    ...{ direction, name, index, scores: new Map(numbers) },
    ...{ source: file(value['source']), translated: file(value['translated']), truth: file(value['truth']) },
  };
}

function isNumber(entry: [string, Json]): entry is [string, number] {
  return typeof entry[1] === 'number';
}

/** The grid of some test images: real | translated | ..., by direction. */
export async function gridsOf({ dir, record }: Evaluation): Promise<Map<string, string>> {
  const grids = record.outputs['grids'];
  const files = (Array.isArray(grids) ? (grids as readonly Json[]) : []).map(String);
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
