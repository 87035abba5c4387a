import { dirname, join } from 'node:path';
import { valueAt } from '../../config/reference.js';
import type { StoreSplit } from '../../data/store/prepared-store.js';
import { readIndex } from '../../data/store/read-index.js';
import type { StoreIndex } from '../../data/store/store-format.js';
import { DEFAULT_VALIDATION_IMAGES } from '../../evaluation/evaluate-section.js';
import type { EvaluationPart } from '../../evaluation/evaluation-images.js';
import type { ConsumedInput, StageRecord } from '../../pipeline/stage-record.js';
import type { RunEntry } from '../run-entry.js';
import { evaluationIn } from './test-images.js';

/** Why values of two runs were not measured on the same images, as far as the disk says; undefined if they were. */
export async function otherImages(
  part: EvaluationPart,
  first: RunEntry,
  second: RunEntry,
): Promise<string | undefined> {
  const [a, b] = [first, second].map((run) => datasetOf(part, run));
  if (a === undefined || b === undefined) return undefined;
  const [one, two] = await Promise.all([indexOf(first, a), indexOf(second, b)]);
  return (
    otherContent(part, { dataset: a, index: one }, { dataset: b, index: two }) ??
    (part === 'validation' ? otherNumber(first, second, one ?? two) : undefined)
  );
}

/** The prepared data of the stage that measures them. */
function datasetOf(part: EvaluationPart, { records }: RunEntry): ConsumedInput | undefined {
  const record = part === 'test' ? evaluationIn(records)?.[1] : trainingIn(records);
  return record?.inputs['dataset'];
}

function trainingIn(records: RunEntry['records']): StageRecord | undefined {
  return [...records.values()].find(({ status, parts }) => status === 'done' && parts.stage.type === 'train');
}

async function indexOf({ dir }: RunEntry, dataset: ConsumedInput): Promise<StoreIndex | undefined> {
  return readIndex(join(dirname(dir), dataset.dir)).catch(() => undefined);
}

interface Prepared {
  readonly dataset: ConsumedInput;
  readonly index: StoreIndex | undefined;
}

function otherContent(part: EvaluationPart, a: Prepared, b: Prepared): string | undefined {
  if (isSame(a.dataset, b.dataset)) return undefined;
  if (a.index === undefined || b.index === undefined)
    return `the data were prepared differently, and the prepared images are gone, so the ${part} images may be others`;
  if (sumsOf(part, a.index) === sumsOf(part, b.index)) return undefined;
  return `the ${part} images are others, or prepared differently`;
}

function isSame(a: ConsumedInput, b: ConsumedInput): boolean {
  return a.fingerprint === b.fingerprint || (a.made !== undefined && a.made === b.made);
}

const SPLITS: Readonly<Record<EvaluationPart, readonly StoreSplit[]>> = {
  test: ['testA', 'testB', 'truthA', 'truthB'],
  validation: ['valA', 'valB', 'valTruthA', 'valTruthB'],
};

/** The checksums of the pixels of all images. */
function sumsOf(part: EvaluationPart, { splits }: StoreIndex): string {
  return JSON.stringify(SPLITS[part].map((split) => [splits[split].count, splits[split].sha256]));
}

/** A validation takes `evaluate.validation_images` of the images that there are. */
function otherNumber(first: RunEntry, second: RunEntry, index: StoreIndex | undefined): string | undefined {
  const [one, two] = [mostOf(first), mostOf(second)];
  const there = index === undefined ? Infinity : Math.max(index.splits.valA.count, index.splits.valB.count);
  if (Math.min(one, there) === Math.min(two, there)) return undefined;
  return `measured on at most ${two} validation images of each direction, the first run on at most ${one}`;
}

/** As the training's record has it: config.yaml has what was set last, for whatever stage. */
function mostOf({ config, records }: RunEntry): number {
  const recorded = trainingIn(records)?.bookkeeping;
  const [most] = [recorded, config ?? undefined].flatMap((each) =>
    each === undefined ? [] : (valueAt(each, ['evaluate', 'validation_images']) ?? []),
  );
  return typeof most === 'number' ? most : DEFAULT_VALIDATION_IMAGES;
}
