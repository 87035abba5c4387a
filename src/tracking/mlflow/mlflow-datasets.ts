import { basename } from 'node:path';
import type { RecordedInput, RunRecord, StageStartedRecord } from '../../registry/kinds/record.js';
import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { sha256 } from '../../support/hash.js';
import type { Dataset } from './client/types.js';

/** The role of a data set's part in a run. */
export type Context = 'training' | 'validation' | 'test';

/** The splits of each part: their counts are in the outputs of the preparation. */
const SPLITS: Readonly<Record<Context, readonly [string, string]>> = {
  training: ['trainA', 'trainB'],
  validation: ['valA', 'valB'],
  test: ['testA', 'testB'],
};

/**
 * The data sets that stages start to work on: a training uses the training and the validation images, an evaluation the test images. The digest is that
 * of the prepared pixels, so that runs on the same images show the same one, on every machine.
 */
export function datasetsOf(records: readonly RunRecord[], site: Pick<TrackerSite, 'config'>): Dataset[] {
  const found = records.flatMap((record) => {
    if (record.kind !== 'stage-started') return [];
    const input = record.value.inputs?.['dataset'];
    return input === undefined ? [] : contextsOf(record, site).flatMap((context) => datasetOf(context, input, site));
  });
  return [...new Map(found.map((dataset) => [dataset.digest, dataset])).values()];
}

function contextsOf({ stage }: StageStartedRecord, { config }: Pick<TrackerSite, 'config'>): Context[] {
  const type = config.stages[stage]?.type;
  return type === 'train' ? ['training', 'validation'] : type === 'evaluate' ? ['test'] : [];
}

function datasetOf(
  context: Context,
  { result, outputs }: RecordedInput,
  { config }: Pick<TrackerSite, 'config'>,
): Dataset[] {
  const counts = SPLITS[context].flatMap((split): [string, number][] => {
    const count = outputs[split];
    return typeof count === 'number' && count > 0 ? [[split, count]] : [];
  });
  if (counts.length === 0) return [];
  const { dataset } = config;
  return [
    {
      name: nameOf(dataset),
      digest: sha256([result, context]).slice(0, 16),
      sourceType: dataset.type,
      source: JSON.stringify(dataset),
      profile: JSON.stringify(Object.fromEntries(counts)),
      context,
    },
  ];
}

/** The data set's own name, else that of its folder or file. */
function nameOf({ type, name, path }: TrackerSite['config']['dataset']): string {
  return typeof name === 'string' ? name : typeof path === 'string' ? basename(path) : type;
}
