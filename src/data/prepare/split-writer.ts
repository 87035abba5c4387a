import type { DatasetConfig } from '../../registry/config.js';
import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { orderedMap } from '../../support/ordered-map.js';
import { pixelsIn } from '../../support/sides.js';
import { fitsOf, sizeOf, type Fit } from '../images/fit.js';
import {
  truthOf,
  type BadImage,
  type SourceImageRecord,
  type SplitIndex,
  type StoreSplit,
} from '../store/store-format.js';
import { BadImages, badImageError } from './bad-images.js';
import { PixelFile, type PreparedPixels, type SplitFile } from './pixel-file.js';
import type { Prepared, Preparer } from './preparer.js';
import { SizedFile } from './sized-file.js';

export type StoreOptions = Pick<
  DatasetConfig,
  'image_size' | 'load_size' | 'preprocess' | 'interpolation' | 'on_bad_image' | 'max_bad'
>;

/** Bytes of finished images in memory, unless these are a few large ones. */
const WAITING_BYTES = 64e6;

/** The context of writing a split. */
export interface SplitWork {
  readonly dir: string;
  readonly options: StoreOptions;
  readonly preparer: Preparer;
  record(image: SourceImageRecord): Promise<void>;
  /** Called after each image. @throws to stop the work */
  onImage(reused: boolean): void;
}

/** Flushes a written split to the disk and closes its files. Call it once. */
export type FinishSplit = () => Promise<Partial<Record<StoreSplit, SplitIndex>>>;

/**
 * Writes one split of the source, with the sample of a training split or the true translations of a test or validation split.
 *
 * @returns what is left to do, which may take place beside the next split
 */
export async function writeSplit(split: Split, images: readonly SourceImage[], work: SplitWork): Promise<FinishSplit> {
  const writer = new SplitWriter(split, images, work);
  try {
    await writer.write();
  } catch (error) {
    await writer.close();
    throw error;
  }
  return () => writer.finish().finally(() => writer.close());
}

class SplitWriter {
  readonly #bad: BadImages;
  readonly #files = new Map<StoreSplit, SplitFile>();
  /** The split for the sample, in the networks' size; only for training splits. */
  readonly #sample: 'sampleA' | 'sampleB' | undefined;
  readonly #truth: StoreSplit | undefined;
  /** How its images are prepared, and those of tests. */
  readonly #fit: Fit;
  readonly #testFit: Fit;
  /** The number of images whose results have been taken, in order. */
  #seen = 0;
  #started = 0;
  /** When the last bad image was found, images before this one were under way: their places are too far behind. */
  #misplacedBefore = 0;

  constructor(
    readonly split: Split,
    readonly images: readonly SourceImage[],
    readonly work: SplitWork,
  ) {
    this.#bad = new BadImages(split, images.length, work.options.max_bad);
    this.#sample = split === 'trainA' ? 'sampleA' : split === 'trainB' ? 'sampleB' : undefined;
    const { train, test } = fitsOf(work.options);
    this.#fit = this.#sample ? train : test;
    this.#testFit = test;
    this.#truth = images.every((image) => image.truth !== undefined) ? truthOf(split) : undefined;
  }

  async write(): Promise<void> {
    const { images, work, split } = this;
    if (images.length > 0) await this.#create();
    for await (const { result, index } of orderedMap(images, this.#width(), this.#prepare)) {
      const image = images[this.#seen++]!;
      if ('reason' in result) await this.#refuse({ split, name: image.name, reason: result.reason });
      else await this.#accept(image, result, index);
      work.onImage('reused' in result && result.reused);
    }
    this.#bad.expectGood();
  }

  async finish(): Promise<Partial<Record<StoreSplit, SplitIndex>>> {
    const entries: [StoreSplit, SplitIndex][] = [];
    for (const [split, file] of this.#files) {
      entries.push([split, { ...(await file.finish()), skipped: split === this.split ? this.#bad.count : 0 }]);
    }
    return Object.fromEntries(entries);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  /** Images under way. Finished ones wait for those before them, in memory where no worker has written them. */
  #width(): number {
    const { width, widthOfFiles = width } = this.work.preparer.decoder;
    // Only files are read by workers; the others are read here, and not more at once than can be decoded.
    const size = sizeOf(this.#fit);
    if (size === undefined || this.images.some(({ file }) => file === undefined)) return width;
    return Math.max(width, Math.min(widthOfFiles, Math.floor(WAITING_BYTES / (pixelsIn(size) * 3))));
  }

  async #create(): Promise<void> {
    await this.#createFile(this.split, this.#fit);
    for (const split of [this.#sample, this.#truth]) {
      if (split !== undefined) await this.#createFile(split, this.#testFit);
    }
  }

  async #createFile(split: StoreSplit, fit: Fit): Promise<void> {
    const { dir } = this.work;
    const size = sizeOf(fit);
    const file = size === undefined ? SizedFile.create(dir, split) : PixelFile.create(dir, split, size);
    this.#files.set(split, await file);
  }

  /**
   * Prepares an image. A worker may write it to the index that it has if all images under way are good. After a bad one, those under way are
   * moved to their index, and until then others get no place, which could still be in use.
   */
  readonly #prepare = async (image: SourceImage, at: number) => {
    this.#started = at + 1;
    const index = this.#seen < this.#misplacedBefore ? undefined : at - this.#bad.count;
    const place = (split: StoreSplit) => (index === undefined ? undefined : this.#files.get(split)!.place(index));
    const { preparer } = this.work;
    // The first training image is most likely also the sample, so it is prepared in both sizes at once.
    const fits = this.#sample && at === 0 ? [this.#fit, this.#testFit] : [this.#fit];
    const to = place(this.split);
    const result = await (this.#truth
      ? preparer.prepareBoth(image, this.#fit, to, place(this.#truth))
      : preparer.prepare(image, fits, to));
    return { result, index };
  };

  async #accept(image: SourceImage, { facts, images, truth }: Prepared, placedAt: number | undefined): Promise<void> {
    const file = this.#files.get(this.split)!;
    const index = file.count;
    await file.add(images[0]!, placedAt);
    if (this.#sample && index === 0)
      await this.#files.get(this.#sample)!.add(images[1] ?? (await this.#sampleOf(image)));
    if (this.#truth) await this.#files.get(this.#truth)!.add(truth!, placedAt);
    await this.work.record({ split: this.split, name: image.name, index, ...facts });
  }

  /** Prepares the first good image as the sample, if bad images precede it. */
  async #sampleOf(image: SourceImage): Promise<PreparedPixels> {
    const prepared = await this.work.preparer.prepare(image, [this.#testFit]);
    if ('reason' in prepared) throw badImageError({ split: this.split, name: image.name, reason: prepared.reason });
    return prepared.images[0]!;
  }

  async #refuse(bad: BadImage): Promise<void> {
    if (this.work.options.on_bad_image === 'fail') throw badImageError(bad);
    await this.work.record(bad);
    this.#bad.add(bad, this.#seen);
    this.#misplacedBefore = this.#started;
  }
}
