import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { readErrorReason } from '../data/images/decode.js';
import { DecodeError } from '../data/images/decode-error.js';
import { pixelCost } from '../data/prepare/decoding/pixel-cost.js';
import { Semaphore } from '../data/prepare/decoding/semaphore.js';
import type { RgbImage } from '../inference/image-grid.js';
import type { ImageTranslator } from '../inference/image-translator.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import { grouped } from '../support/grouped.js';
import { orderedMap } from '../support/ordered-map.js';
import { throttle } from '../support/throttle.js';
import { joiningBatch, PATIENCE } from './batches.js';
import { imagesIn, noCounts, type Counting } from './counts.js';
import type { InputImage } from './inputs/input-image.js';
import type { Preparation } from './open-generator.js';
import { encode } from './outputs/encode.js';
import { formatOf, outputFormat, outputName } from './outputs/output-name.js';
import { sideBySide } from './outputs/side-by-side.js';
import { prepareImage, type PreparedImage } from './prepare-image.js';
import type { Shard, SizeChoice, TranslationCounts, TranslationRequest } from './request.js';

/** What a translation of many images works with. */
export interface TranslationSite extends Pick<StageContext, 'emit' | 'signal'> {
  readonly translator: Pick<ImageTranslator, 'batchOf' | 'translateTogether'>;
  readonly training: Preparation;
  /** How many images there are in this process's share, once they are counted; 0 until then. */
  readonly total: () => number;
}

type Options = Pick<TranslationRequest, 'out' | 'size' | 'format' | 'sideBySide' | 'force' | 'shard'>;

/** Images read and decoded while a batch is translated, and encoded and written at the same time. */
const AHEAD = 8;

export interface TranslationLimits {
  /** Pixels of large images that are in memory at once; each takes about 10 bytes. */
  readonly pixels: number;
}

/**
 * Translates images one after the other, while the next are decoded and the last are encoded. Memory does not grow with their number. An
 * image that cannot be decoded is reported and passed over. When the signal is aborted, those begun are finished.
 *
 * @throws errors of the file system when an output cannot be written
 */
export async function translateImages(
  images: AsyncIterable<InputImage>,
  options: Options,
  site: TranslationSite,
  limits: TranslationLimits = { pixels: 64e6 },
): Promise<Counting> {
  const counts = noCounts();
  const pixels = new Semaphore(limits.pixels);
  const writes = new Semaphore(AHEAD);
  const report = reporter(counts, site);
  let failure: { readonly error: unknown } | undefined;

  const read = orderedMap(ofShard(images, options.shard, site.signal), AHEAD, (image) => readImage(image, options));
  // Started in their order, so that none waits for memory that a later one holds.
  const prepared = orderedMap(read, AHEAD, (image) => prepare(image, options.size, site, pixels));
  const joins = joiningBatch(site.translator);
  const joinsBatch = (batch: readonly Ready[], next: Ready) => joins(batch.map(({ image }) => image), next.image); // prettier-ignore
  const batches = grouped(readyOnes(prepared, counts, site), joinsBatch, PATIENCE);
  for await (const batch of batches) {
    if (failure !== undefined) break;
    const translations = await site.translator.translateTogether(batch.map(({ image }) => image));
    for (const [i, next] of batch.entries()) {
      const translation = translations[i]!;
      const written = await writes.take(1);
      const shown = options.sideBySide ? sideBySide(next.image, translation) : translation;
      void write(next, shown)
        .then(
          () => counts.translated++,
          (error: unknown) => (failure ??= { error }),
        )
        .finally(() => {
          next.release();
          written();
          report();
        });
    }
    report();
    // Lets decoders and encoders go on: the native engine blocks this thread while it works.
    await eventLoopTurn();
  }
  await writes.take(AHEAD);
  if (failure !== undefined) throw failure.error;
  report(true);
  return counts;
}

/** Those that are to be translated; the others are counted and reported. */
async function* readyOnes(
  images: AsyncIterable<Passed | Ready>,
  counts: Counting,
  { emit }: TranslationSite,
): AsyncGenerator<Ready> {
  for await (const next of images) {
    if (next.kind === 'ready') yield next;
    else if (next.kind === 'present') counts.present++;
    else {
      counts.failed++;
      emit({ kind: 'note', level: 'warning', text: `${next.label} ${next.reason}. It is passed over.` });
    }
  }
}

/** The images of this process's share, by their names: each process finds its own without asking the others. */
export async function* ofShard(
  images: AsyncIterable<InputImage>,
  shard: Shard,
  signal: AbortSignal,
): AsyncGenerator<InputImage> {
  for await (const image of images) {
    if (signal.aborted) return;
    if (isInShard(image.name, shard)) yield image;
  }
}

export const isInShard = (name: string, { index, count }: Shard): boolean =>
  count === 1 || shardOf(name, count) === index;

const shardOf = (name: string, count: number): number =>
  createHash('sha256').update(name).digest().readUInt32BE() % count;

type Passed =
  { readonly kind: 'present' } | { readonly kind: 'failed'; readonly label: string; readonly reason: string };

/** An image with the path of its output. */
interface Named {
  readonly name: string;
  readonly label: string;
  readonly path: string;
}

type Read = Passed | (Named & { readonly kind: 'read'; readonly bytes: Uint8Array });

type Ready = Named & PreparedImage & { readonly kind: 'ready'; release(): void };

async function readImage(image: InputImage, options: Options): Promise<Read> {
  const { name, label } = image;
  const path = await pathOf(image, options);
  if (!options.force && (await isPresent(path, image))) return { kind: 'present' };
  try {
    return { kind: 'read', name, label, path, bytes: await image.read() };
  } catch (error) {
    return failed(label, error);
  }
}

async function prepare(
  read: Read,
  size: SizeChoice,
  { translator, training }: TranslationSite,
  pixels: Semaphore,
): Promise<Passed | Ready> {
  if (read.kind !== 'read') return read;
  const { bytes, ...image } = read;
  const release = await pixels.take(pixelCost(bytes));
  try {
    const prepared = await prepareImage(bytes, size, training);
    if (translator.batchOf(prepared.image).most === 1) return { ...image, ...prepared, kind: 'ready', release };
    // Small ones are limited by their number. If they held memory while their batch waits for others, these could wait for it.
    release();
    return { ...image, ...prepared, kind: 'ready', release: () => undefined };
  } catch (error) {
    release();
    return failed(read.label, error);
  }
}

/** @throws the error, where it says nothing about the image */
function failed(label: string, error: unknown): Passed {
  const reason = error instanceof DecodeError ? error.message : readErrorReason(error);
  if (reason === undefined) throw error;
  return { kind: 'failed', label, reason };
}

async function pathOf(image: InputImage, { out, format }: Options): Promise<string> {
  return out.kind === 'file' ? out.path : join(out.path, ...(await outputName(image, format)).split('/'));
}

/** Whether the translation is there, and newer than its input. */
export async function isPresent(path: string, image: Pick<InputImage, 'modified'>): Promise<boolean> {
  const [output, modified] = await Promise.all([stat(path).catch(() => undefined), image.modified()]);
  return output !== undefined && modified !== undefined && output.mtimeMs >= modified;
}

async function write({ path, name, exif }: Ready, image: RgbImage): Promise<void> {
  // A folder's outputs have the extension of their format; a single file's name may have none.
  const file = await encode(image, formatOf(path) ?? outputFormat(name, 'keep'), exif);
  await writeFileAtomic(path, file, join(dirname(path), `.${basename(path)}.part`));
}

function reporter(counts: TranslationCounts, { emit, total }: TranslationSite): (last?: boolean) => void {
  const started = performance.now();
  const report = throttle((done: number) => {
    const seconds = (performance.now() - started) / 1000;
    emit({ kind: 'progress', unit: 'images', done, total: total(), rate: counts.translated / seconds });
  });
  return (last = false) => report(imagesIn(counts), last);
}
