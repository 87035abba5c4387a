import { join } from 'node:path';
import {
  REQUIRED_SPLITS,
  VALIDATION_SPLITS,
  type DatasetSource,
  type SourceImage,
  type Split,
} from '../../registry/kinds/dataset.js';
import { writeFileAtomic } from '../../support/files.js';
import { DECODED_BY } from '../images/decoder-version.js';
import { fitsOf } from '../images/fit.js';
import { writeFindings, type Findings } from '../store/findings.js';
import {
  emptySplit,
  INDEX_FILE,
  IMAGES_FILE,
  STORE_FORMAT,
  STORE_SPLITS,
  type SourceImageRecord,
  type StoreIndex,
  type StoreSplit,
  withoutEmptyValidation,
} from '../store/store-format.js';
import { AppendedFile } from './appended-file.js';
import { AdaptiveDecoder } from './decoding/adaptive-decoder.js';
import type { Decoder } from './decoding/decoder.js';
import { replaceBadTests, type Replaced } from './replace-bad-tests.js';
import { EarlierStores } from './earlier-stores.js';
import { collectFindings } from './collect-findings.js';
import { Preparer } from './preparer.js';
import { checkDiskSpace } from './disk-space.js';
import { writeSplit, type FinishSplit, type SplitWork, type StoreOptions } from './split-writer.js';

export type { StoreOptions } from './split-writer.js';

export interface StoreWork {
  readonly signal: AbortSignal;
  /** Called after every image. */
  readonly progress: (split: Split, done: number, total: number) => void;
  /** Folders of earlier stores to copy images from, the best first. */
  readonly earlier?: readonly string[];
  /** Replaces the default decoder. */
  readonly decoder?: Decoder;
}

type Lists = ReadonlyMap<Split, readonly SourceImage[]>;

export interface WrittenStore {
  readonly index: StoreIndex;
  readonly findings: Findings;
  /** The number of images copied from earlier stores. */
  readonly reused: number;
  /** Bad test images and their replacements. */
  readonly replaced: readonly Replaced[];
}

/**
 * Decodes every image of a source into a store in `dir` (see {@link STORE_FORMAT}), on all cores, with a few images in memory at a time.
 * Earlier stores save time but do not change a byte of the result.
 *
 * @returns nothing when the signal stopped the work
 * @throws ProblemError when an image is bad and `on_bad_image` is `fail`, when too many images of a split are bad, or when the disk is too small
 */
export async function writeStore(
  dir: string,
  source: DatasetSource,
  options: StoreOptions,
  work: StoreWork,
): Promise<WrittenStore | undefined> {
  const { signal } = work;
  const lists = await listsOf(source);
  const decoder = work.decoder ?? new AdaptiveDecoder(totalOf(lists));
  const stop = () => void decoder.close();
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    return await write(dir, source, lists, options, decoder, work);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await decoder.close();
  }
}

/** The images of each split; without validation splits that have none. */
async function listsOf(source: DatasetSource): Promise<Lists> {
  const required = REQUIRED_SPLITS.map(async (split) => [split, await source.list(split)] as const);
  const validation = VALIDATION_SPLITS.map(async (split) => [split, (await source.validation?.(split)) ?? []] as const);
  const own = (await Promise.all(validation)).filter(([, images]) => images.length > 0);
  return new Map<Split, readonly SourceImage[]>([...(await Promise.all(required)), ...own]);
}

async function write(
  dir: string,
  source: DatasetSource,
  lists: Lists,
  options: StoreOptions,
  decoder: Decoder,
  work: StoreWork,
): Promise<WrittenStore> {
  await checkDiskSpace(dir, lists, options);
  const earlier = await EarlierStores.open(work.earlier ?? [], lists, options);
  const records = await AppendedFile.create(join(dir, IMAGES_FILE), { hashed: true });
  try {
    const preparer = new Preparer(decoder, earlier, options.interpolation);
    const { test } = fitsOf(options);
    const isGood = async (image: SourceImage) => !('reason' in (await preparer.prepare(image, [test])));
    const skips = options.on_bad_image === 'skip';
    const drawn = skips ? await replaceBadTests(lists, source, isGood, decoder.width) : { lists, replaced: [] };
    const { splits, reused } = await writeSplits(dir, drawn.lists, options, preparer, records, work);
    await records.finish();
    const { preprocess = 'resize_and_crop' } = options;
    const index: StoreIndex = {
      format: STORE_FORMAT,
      image_size: options.image_size,
      load_size: options.load_size,
      ...(preprocess !== 'resize_and_crop' && { preprocess }),
      interpolation: options.interpolation,
      decoder: DECODED_BY,
      splits,
      pictures: records.sha256(),
      source: (await source.provenance?.()) ?? {},
    };
    const findings = await collectFindings(dir);
    await writeFindings(dir, findings);
    const onDisk = { ...index, splits: withoutEmptyValidation(splits, ({ count, skipped }) => count + skipped === 0) };
    await writeFileAtomic(join(dir, INDEX_FILE), `${JSON.stringify(onDisk, null, 1)}\n`);
    return { index, findings, reused, replaced: drawn.replaced };
  } finally {
    await Promise.all([records.close(), earlier.close()]);
  }
}

async function writeSplits(
  dir: string,
  lists: Lists,
  options: StoreOptions,
  preparer: Preparer,
  records: AppendedFile,
  { signal, progress }: StoreWork,
) {
  const total = totalOf(lists);
  let [done, reused] = [0, 0];
  const none = emptySplit(options.image_size);
  const splits = Object.fromEntries(STORE_SPLITS.map((split) => [split, none])) as Record<StoreSplit, typeof none>;
  const finishing: ReturnType<FinishSplit>[] = [];
  const write = async (split: Split, images: readonly SourceImage[]) => {
    const work: SplitWork = {
      dir,
      options,
      preparer,
      record: (image) => records.append(lineOf(image)),
      onImage: (taken) => {
        if (taken) reused++;
        progress(split, ++done, total);
        signal.throwIfAborted();
      },
    };
    const finished = (await writeSplit(split, images, work))();
    // An error is thrown at the end.
    finished.catch(() => undefined);
    finishing.push(finished);
  };
  try {
    for (const [split, images] of lists) await write(split, images);
  } finally {
    // Also after an error, so that no file is written to any more.
    await Promise.allSettled(finishing);
  }
  for (const index of finishing) Object.assign(splits, await index);
  return { splits, reused };
}

function totalOf(lists: Lists): number {
  return [...lists.values()].reduce((sum, images) => sum + images.length, 0);
}

function lineOf(image: SourceImageRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(image)}\n`);
}
