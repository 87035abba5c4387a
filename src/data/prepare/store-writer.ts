import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { SPLITS, type DatasetSource, type Split } from '../../registry/kinds/dataset.js';
import { writeFileAtomic } from '../../support/files.js';
import { SplitWriter, type StoreOptions } from './split-writer.js';
import {
  INDEX_FILE,
  STORE_FORMAT,
  STORE_SPLITS,
  type SplitIndex,
  type StoreIndex,
  type StoreSplit,
} from '../store/format.js';

export type { StoreOptions } from './split-writer.js';

export interface StoreWork {
  readonly signal: AbortSignal;
  /** Called after every picture. */
  readonly progress: (split: Split, done: number, total: number) => void;
}

/**
 * Decodes every picture of a source into a store in `dir` (see {@link STORE_FORMAT}), on all cores, holding a few pictures at a time.
 *
 * @returns the index, or nothing when the signal stopped the work
 * @throws ProblemError when a picture is bad and bad ones are fatal, or when none of a domain is good
 */
export async function writeStore(
  dir: string,
  source: DatasetSource,
  options: StoreOptions,
  { signal, progress }: StoreWork,
): Promise<StoreIndex | undefined> {
  useAllCores();
  const lists = new Map(await Promise.all(SPLITS.map(async (split) => [split, await source.list(split)] as const)));
  const total = [...lists.values()].reduce((sum, images) => sum + images.length, 0);
  let done = 0;
  const splits: Partial<Record<StoreSplit, SplitIndex>> = {};
  for (const [split, images] of lists) {
    const writer = new SplitWriter(dir, split, options);
    await writer.write(images, () => {
      progress(split, ++done, total);
      return !signal.aborted;
    });
    if (signal.aborted) return undefined;
    Object.assign(splits, writer.index());
  }
  const none: SplitIndex = { size: options.image_size, count: 0, sha256: '', names: [], skipped: [] };
  const complete = Object.fromEntries(STORE_SPLITS.map((split) => [split, splits[split] ?? none]));
  const index: StoreIndex = {
    format: STORE_FORMAT,
    image_size: options.image_size,
    load_size: options.load_size,
    splits: complete as Record<StoreSplit, SplitIndex>,
  };
  await writeFileAtomic(join(dir, INDEX_FILE), JSON.stringify(index, null, 1));
  return index;
}

/** Pictures are decoded side by side in the thread pool (4 threads, if UV_THREADPOOL_SIZE says no other); what cores are left help within a picture. */
function useAllCores(): void {
  const pool = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
  sharp.concurrency(Math.max(1, Math.floor(availableParallelism() / pool)));
  sharp.cache(false);
}
