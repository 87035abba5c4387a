import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { DecodeError } from '../data/images/decode-error.js';
import { resize } from '../data/images/resize.js';
import { loadTensorFlow } from '../engine/native.js';
import type { CheckpointChoice } from '../inference/checkpoint-choice.js';
import type { RgbImage } from '../inference/image-grid.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Components } from '../registry/kinds.js';
import { writeFileAtomic } from '../support/files.js';
import { grouped } from '../support/grouped.js';
import { orderedMap } from '../support/ordered-map.js';
import { ProblemError } from '../support/problem.js';
import type { Sides } from '../support/sides.js';
import { joiningBatch, PATIENCE } from './batches.js';
import { findGenerator } from './find-generator.js';
import { imageTranslator } from './image-translator-of.js';
import { openGenerator, type OpenGenerator } from './open-generator.js';
import { encode } from './outputs/encode.js';
import { formatOf } from './outputs/output-name.js';
import { prepareImage, sizeFor, type PreparedImage } from './prepare-image.js';
import type { OutputFormat, SizeChoice } from './request.js';

/** An image to translate: a file's path, a file's bytes, or pixels. */
export type ImageInput = string | Uint8Array | RgbImage;

export interface TranslatorOptions {
  /** Required for a run with generators of both directions. */
  readonly direction?: Direction;
  /** Of a run. By default the best, where one is kept, else the last. */
  readonly checkpoint?: CheckpointChoice;
  /** `keep`, the default: an image's own size. See {@link SizeChoice}. */
  readonly size?: SizeChoice;
  /** Images of more pixels are translated in tiles; 2.5 million by default. */
  readonly wholePixels?: number;
  /** The folder of runs, where a run is named: `runs` by default. */
  readonly runs?: string;
}

/** A trained generator, ready to translate. */
export interface Translator {
  readonly direction: Direction;
  /** Of the images it was trained on, in pixels: the side of squares, or [height, width]. */
  readonly imageSize: Sides;
  /**
   * Translates an image, prepared as those of the training: upright, over white, 8-bit sRGB.
   *
   * @throws ProblemError `undecodable-image` for a file that is no image, or is damaged; errors of the file system
   */
  translate(image: ImageInput): Promise<Translation>;
  /** Translates many images, in their order; the next are decoded meanwhile, those of one size translated together, and memory does not grow with their number. */
  translateAll(images: Iterable<ImageInput> | AsyncIterable<ImageInput>): AsyncGenerator<Translation, void, undefined>;
  /**
   * The generator itself.
   *
   * @param images float32 in [-1, 1], [batch, height, width, 3], of a size that the generator takes
   * @returns the same shape, in [-1, 1]; the caller owns it
   */
  translateTensor(images: Tensor4D): Tensor4D;
  /** Frees the weights. */
  dispose(): void;
}

/** A translated image: 8-bit sRGB, rows from the top. */
export interface Translation extends RgbImage {
  /** Encodes it. */
  encode(format: OutputFormat): Promise<Buffer>;
  /** Writes it in the format that the file's extension names. @throws RangeError for an extension of no such format */
  save(file: string): Promise<void>;
}

/** Images decoded ahead of the batch that is translated. */
const AHEAD = 8;

/**
 * Opens a trained generator.
 *
 * @param place a run (its folder, its name, or the beginning of it), or the folder of a bundle that `export` wrote with the format `weights`
 * @throws ProblemError when there is none, when it is damaged, or when a direction has to be chosen
 */
export async function openTranslator(
  place: string,
  components: Components,
  { direction, checkpoint = 'auto', size = 'keep', wholePixels = 2.5e6, runs = 'runs' }: TranslatorOptions = {},
): Promise<Translator> {
  await loadTensorFlow();
  const found = await findGenerator(place, checkpoint, resolve(runs), process.cwd());
  if (!found.ok) throw new ProblemError(found.problems[0]!, ...found.problems.slice(1));
  const generator = await openGenerator(found.value, direction, components, { emit: () => undefined });
  const { program, training } = generator;
  try {
    const translator = imageTranslator(generator, { size, wholePixels });
    const prepared = (image: ImageInput) => prepare(image, size, generator);
    const translate = async ({ image, exif }: PreparedImage) => translation(await translator.translate(image), exif);
    const joins = joiningBatch(translator);
    const joinsBatch = (batch: readonly PreparedImage[], next: PreparedImage) =>
      joins(batch.map(({ image }) => image), next.image); // prettier-ignore
    return {
      direction: generator.direction,
      imageSize: training.imageSize,
      translate: async (image) => translate(await prepared(image)),
      async *translateAll(images) {
        for await (const batch of grouped(orderedMap(images, AHEAD, prepared), joinsBatch, PATIENCE)) {
          const translated = await translator.translateTogether(batch.map(({ image }) => image));
          for (const [i, { exif }] of batch.entries()) yield translation(translated[i]!, exif);
        }
      },
      translateTensor: (images) => program.translate(images),
      dispose: () => program.dispose(),
    };
  } catch (error) {
    program.dispose();
    throw error;
  }
}

async function prepare(input: ImageInput, size: SizeChoice, { training }: OpenGenerator): Promise<PreparedImage> {
  if (typeof input === 'object' && 'width' in input) {
    const { data, width, height } = input;
    const to = sizeFor(size, input, training.imageSize);
    return { image: { ...to, data: resize(data, width, height, to, training.interpolation) } };
  }
  try {
    return await prepareImage(typeof input === 'string' ? await readFile(input) : input, size, training);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const name = typeof input === 'string' ? input : 'The image';
    throw new ProblemError({ code: 'undecodable-image', message: `${name} ${error.message}.` });
  }
}

function translation(image: RgbImage, exif?: Uint8Array): Translation {
  return {
    ...image,
    encode: (format) => encode(image, format, exif),
    async save(file) {
      const format = formatOf(file);
      if (format === undefined)
        throw new RangeError(`${file} is not the name of a PNG, JPEG, WebP, TIFF or AVIF file.`);
      await writeFileAtomic(file, await encode(image, format, exif));
    },
  };
}
