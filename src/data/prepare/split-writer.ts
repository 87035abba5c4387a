import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DatasetConfig } from '../../config/config.js';
import type { SourceImage, Split } from '../../registry/kinds/dataset.js';
import { ProblemError } from '../../support/problem.js';
import { decode } from '../pictures/decode.js';
import { orderedMap } from '../../support/ordered-map.js';
import { PixelFile } from './pixel-file.js';
import { splitFile, truthOf, type BadImage, type SplitIndex, type StoreSplit } from '../store/format.js';

export type StoreOptions = Pick<DatasetConfig, 'image_size' | 'load_size' | 'interpolation' | 'on_bad_image'>;

/** Writes one split of the source, and what goes with it: a training split's sample, a test split's true translations. */
export class SplitWriter {
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

/** Everything that is decoded of one source image. */
interface Pictures {
  readonly name: string;
  readonly main: Uint8Array;
  readonly truth?: Uint8Array;
}

function noneLeft(split: Split, skipped: readonly BadImage[]) {
  const examples = skipped.slice(0, 3).map(({ name, reason }) => `${name} ${reason}`);
  const message =
    skipped.length === 0
      ? `The data set has no pictures in ${split}.`
      : `None of the ${skipped.length} pictures of ${split} can be used: ${examples.join('; ')}${skipped.length > 3 ? '; …' : ''}.`;
  return { code: 'empty-domain', message, cure: `Put pictures into ${split} that an image viewer can open.` };
}
