import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { DatasetConfig } from '../config/config.js';
import { SPLITS, type DatasetSource, type SourceImage, type Split } from '../registry/kinds/dataset.js';
import { writeFileAtomic } from '../support/files.js';
import { ProblemError } from '../support/problem.js';
import { decode } from './decode.js';
import { orderedMap } from './ordered-map.js';
import {
  INDEX_FILE,
  splitFile,
  STORE_FORMAT,
  STORE_SPLITS,
  truthOf,
  type BadImage,
  type SplitIndex,
  type StoreIndex,
  type StoreSplit,
} from './store-format.js';

export type StoreOptions = Pick<DatasetConfig, 'image_size' | 'load_size' | 'interpolation' | 'on_bad_image'>;

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

/** Everything that is decoded of one source image. */
interface Pictures {
  readonly name: string;
  readonly main: Uint8Array;
  readonly truth?: Uint8Array;
}

/** Writes one split of the source, and what goes with it: a training split's sample, a test split's true translations. */
class SplitWriter {
  readonly #size: number;
  readonly #skipped: BadImage[] = [];
  readonly #written = new Map<StoreSplit, PixelFile>();

  constructor(
    readonly dir: string,
    readonly split: Split,
    readonly options: StoreOptions,
  ) {
    this.#size = split.startsWith('train') ? options.load_size : options.image_size;
  }

  /** @param goOn called after each picture; ends the work by answering false */
  async write(images: readonly SourceImage[], goOn: () => boolean): Promise<void> {
    const truth = truthOf(this.split);
    const allTrue = truth !== undefined && images.every((image) => image.truth !== undefined);
    try {
      const width = availableParallelism() + 2;
      for await (const result of orderedMap(images, width, (image) => this.#decode(image, allTrue))) {
        if ('reason' in result) this.#refuse(result);
        else {
          await this.#append(this.split, this.#size, result.name, result.main);
          if (truth && result.truth) await this.#append(truth, this.options.image_size, result.name, result.truth);
        }
        if (!goOn()) return;
      }
      if (!this.#written.has(this.split)) throw new ProblemError(noneLeft(this.split, this.#skipped));
      if (truth === undefined) await this.#sample(images);
    } finally {
      await Promise.all([...this.#written.values()].map((file) => file.close()));
    }
  }

  index(): Partial<Record<StoreSplit, SplitIndex>> {
    const entries = [...this.#written].map(([split, file]) => {
      const skipped = split === this.split ? this.#skipped : [];
      return [split, { size: file.size, count: file.names.length, sha256: file.digest(), names: file.names, skipped }];
    });
    return Object.fromEntries(entries) as Partial<Record<StoreSplit, SplitIndex>>;
  }

  async #decode(image: SourceImage, withTruth: boolean): Promise<Pictures | BadImage> {
    const { name } = image;
    const main = await decode(() => image.read(), this.#size, this.options.interpolation);
    if ('reason' in main) return { name, reason: main.reason };
    if (!withTruth || image.truth === undefined) return { name, main: main.data };
    const truth = await decode(image.truth.bind(image), this.options.image_size, this.options.interpolation);
    return 'reason' in truth
      ? { name, reason: `(its true translation) ${truth.reason}` }
      : { name, main: main.data, truth: truth.data };
  }

  #refuse(bad: BadImage): void {
    if (this.options.on_bad_image === 'fail') {
      throw new ProblemError({
        code: 'bad-image',
        message: `${bad.name} ${bad.reason}.`,
        cure: 'Mend or remove the picture, or pass over bad ones with dataset.on_bad_image: skip.',
      });
    }
    this.#skipped.push(bad);
  }

  /** The first good training picture again, at the size that networks see. */
  async #sample(images: readonly SourceImage[]): Promise<void> {
    const name = this.#written.get(this.split)!.names[0]!;
    const image = images.find((one) => one.name === name)!;
    const picture = await decode(() => image.read(), this.options.image_size, this.options.interpolation);
    if ('reason' in picture) throw new ProblemError({ code: 'bad-image', message: `${name} ${picture.reason}.` });
    await this.#append(this.split === 'trainA' ? 'sampleA' : 'sampleB', this.options.image_size, name, picture.data);
  }

  async #append(split: StoreSplit, size: number, name: string, pixels: Uint8Array): Promise<void> {
    let file = this.#written.get(split);
    if (file === undefined) {
      file = await PixelFile.create(join(this.dir, splitFile(split)), size);
      this.#written.set(split, file);
    }
    await file.append(name, pixels);
  }
}

/** A file of pictures in the making. */
class PixelFile {
  readonly names: string[] = [];
  readonly #hash = createHash('sha256');

  private constructor(
    readonly file: Awaited<ReturnType<typeof open>>,
    readonly size: number,
  ) {}

  static async create(path: string, size: number): Promise<PixelFile> {
    return new PixelFile(await open(path, 'w'), size);
  }

  async append(name: string, pixels: Uint8Array): Promise<void> {
    if (pixels.length !== this.size * this.size * 3) throw new Error(`${name}: ${pixels.length} bytes of pixels`);
    // writeFile goes on from the current position and, unlike write, does not stop half-way.
    await this.file.writeFile(pixels);
    this.#hash.update(pixels);
    this.names.push(name);
  }

  /** Call it once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.file.sync();
    await this.file.close();
  }
}

function noneLeft(split: Split, skipped: readonly BadImage[]) {
  const examples = skipped.slice(0, 3).map(({ name, reason }) => `${name} ${reason}`);
  const message =
    skipped.length === 0
      ? `The data set has no pictures in ${split}.`
      : `None of the ${skipped.length} pictures of ${split} can be used: ${examples.join('; ')}${skipped.length > 3 ? '; …' : ''}.`;
  return { code: 'empty-domain', message, cure: `Put pictures into ${split} that an image viewer can open.` };
}
