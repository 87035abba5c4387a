import type { DatasetConfig } from '../../registry/config.js';
import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { orderedMap } from '../../support/ordered-map.js';
import {
  truthOf,
  type BadImage,
  type SourceImageRecord,
  type SplitIndex,
  type StoreSplit,
} from '../store/store-format.js';
import { BadImages, badImageError } from './bad-images.js';
import { PixelFile, type StoredPixels } from './pixel-file.js';
import type { Prepared, Preparer } from './preparer.js';

export type StoreOptions = Pick<
  DatasetConfig,
  'image_size' | 'load_size' | 'interpolation' | 'on_bad_image' | 'max_bad'
>;

/** The context of writing a split. */
export interface SplitWork {
  readonly dir: string;
  readonly options: StoreOptions;
  readonly preparer: Preparer;
  record(image: SourceImageRecord): Promise<void>;
  /** Called after each image. @throws to stop the work */
  onImage(reused: boolean): void;
}

/** Writes one split of the source, with the sample of a training split or the true translations of a test or validation split. */
export async function writeSplit(
  split: Split,
  images: readonly SourceImage[],
  work: SplitWork,
): Promise<Partial<Record<StoreSplit, SplitIndex>>> {
  const writer = new SplitWriter(split, images, work);
  try {
    await writer.write();
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

class SplitWriter {
  readonly #bad: BadImages;
  readonly #files = new Map<StoreSplit, PixelFile>();
  /** The split for the sample, in the networks' size; only for training splits. */
  readonly #sample: 'sampleA' | 'sampleB' | undefined;
  readonly #truth: StoreSplit | undefined;
  readonly #size: number;

  constructor(
    readonly split: Split,
    readonly images: readonly SourceImage[],
    readonly work: SplitWork,
  ) {
    this.#bad = new BadImages(split, images.length, work.options.max_bad);
    this.#sample = split === 'trainA' ? 'sampleA' : split === 'trainB' ? 'sampleB' : undefined;
    this.#size = this.#sample ? work.options.load_size : work.options.image_size;
    this.#truth = images.every((image) => image.truth !== undefined) ? truthOf(split) : undefined;
  }

  async write(): Promise<void> {
    const { images, work } = this;
    const results = orderedMap(images, work.preparer.decoder.width, (image, i) => this.#prepare(image, i));
    let seen = 0;
    for await (const result of results) {
      const image = images[seen++]!;
      if ('reason' in result) await this.#refuse({ split: this.split, name: image.name, reason: result.reason }, seen);
      else await this.#accept(image, result);
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

  /** The first training image is most likely also the sample, so it is prepared in both sizes at once. */
  #prepare(image: SourceImage, at: number) {
    const { preparer, options } = this.work;
    if (this.#truth) return preparer.prepareBoth(image, this.#size);
    return preparer.prepare(image, this.#sample && at === 0 ? [this.#size, options.image_size] : [this.#size]);
  }

  async #accept(image: SourceImage, { facts, images, truth }: Prepared): Promise<void> {
    const { options } = this.work;
    const index = this.#files.get(this.split)?.count ?? 0;
    await this.#append(this.split, this.#size, images[0]!);
    if (this.#sample && index === 0)
      await this.#append(this.#sample, options.image_size, images[1] ?? (await this.#sampleOf(image)));
    if (this.#truth) await this.#append(this.#truth, options.image_size, truth!);
    await this.work.record({ split: this.split, name: image.name, index, ...facts });
  }

  /** Prepares the first good image as the sample, if bad images precede it. */
  async #sampleOf(image: SourceImage): Promise<StoredPixels> {
    const { preparer, options } = this.work;
    const prepared = await preparer.prepare(image, [options.image_size]);
    if ('reason' in prepared) throw badImageError({ split: this.split, name: image.name, reason: prepared.reason });
    return prepared.images[0]!;
  }

  async #refuse(bad: BadImage, seen: number): Promise<void> {
    if (this.work.options.on_bad_image === 'fail') throw badImageError(bad);
    await this.work.record(bad);
    this.#bad.add(bad, seen);
  }

  async #append(split: StoreSplit, size: number, pixels: StoredPixels): Promise<void> {
    let file = this.#files.get(split);
    if (file === undefined) {
      file = await PixelFile.create(this.work.dir, split, size);
      this.#files.set(split, file);
    }
    await file.append(pixels);
  }
}
