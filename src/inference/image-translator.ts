import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { NetworkSizes } from '../registry/kinds/network.js';
import type { GeneratorProgram, Norms } from './generator-program.js';
import type { RgbImage } from './image-grid.js';
import { crop, padByReflection } from './reflect.js';
import { pixelsOf } from './tensor-image.js';
import { planTiles, type TilePlan } from './tile-plan.js';
import { roundUp } from '../support/round-up.js';
import { sameSize, sidesOf, type Sides } from '../support/sides.js';

export interface ImageTranslatorOptions {
  /** Of the generator. */
  readonly sizes: NetworkSizes;
  /** Of the training images: those of this size are never padded. */
  readonly trainedSize: Sides;
  /** The largest images that are translated as a whole, in pixels; larger ones in tiles. */
  readonly wholePixels: number;
  /** The largest side of a tile, in pixels. */
  readonly tileSide: number;
  /** Resizes an image to a smaller one, stretched, with a filter against aliasing. */
  readonly shrink: (image: RgbImage, height: number, width: number) => Promise<RgbImage>;
}

/** What runs the generator: TensorFlow's graph, or a TensorFlow.js model in a browser. */
export type TranslatingProgram = Pick<GeneratorProgram, 'translate' | 'measure' | 'translateWith'>;

/** Called before each tile; an error that it throws ends the translation. */
export type TileProgress = (done: number, tiles: number) => void | Promise<void>;

type Size = Pick<RgbImage, 'height' | 'width'>;

export interface Batch {
  /** Equal for images that can be translated together. */
  readonly shape: string;
  /** A power of two, of which batches are made. */
  readonly most: number;
}

/** Of images that are translated at once: a U-Net is twice as fast with 8 at 256 pixels. More, or larger ones, gain little and take memory. */
const BATCH = 8;
const BATCH_PIXELS = BATCH * 256 * 256;

/** Between two tiles of a network without a bounded reach, beyond what the margin hides. */
const MARGIN = 128;
const BLEND = 16;

/**
 * Translates images of any size with one generator.
 *
 * An image is padded by reflection to a size that the generator takes, and the translation cropped. Sizes are rounded up to a few, since each costs
 * a trace. A large image is cut into tiles, which the generator translates with the statistics of the whole image, measured on the image made
 * smaller: with its own, each tile would have other colours.
 */
export class ImageTranslator {
  constructor(
    private readonly program: TranslatingProgram,
    private readonly options: ImageTranslatorOptions,
  ) {}

  async translate(image: RgbImage, onTile?: TileProgress): Promise<RgbImage> {
    const size = this.#paddedSize(image);
    return size === undefined ? this.#inTiles(image, onTile) : (await this.#batch([image], size))[0]!;
  }

  /** What an image is translated with: images of equal shapes can be translated together, `most` at once. */
  batchOf(image: Size): Batch {
    const size = this.#paddedSize(image);
    if (size === undefined) return { shape: 'tiles', most: 1 };
    const { height, width } = size;
    return { shape: `${height}x${width}`, most: powerOfTwo(clamp(BATCH_PIXELS / (height * width), 1, BATCH)) };
  }

  /** Translates images of one shape ({@link batchOf}), which is faster than one after the other. */
  async translateTogether(images: readonly RgbImage[]): Promise<RgbImage[]> {
    const size = this.#paddedSize(images[0]!);
    const { most } = this.batchOf(images[0]!);
    const translated: RgbImage[] = [];
    while (translated.length < images.length) {
      // Few sizes of batches, powers of two, since each costs a trace.
      const count = powerOfTwo(Math.min(most, images.length - translated.length));
      const batch = images.slice(translated.length, translated.length + count);
      translated.push(...(size === undefined ? [await this.#inTiles(batch[0]!)] : await this.#batch(batch, size)));
    }
    return translated;
  }

  /** The size at which an image is translated as a whole; undefined where that is too large. */
  #paddedSize(image: Size): Size | undefined {
    const { wholePixels, trainedSize } = this.options;
    if (sameSize(image, trainedSize)) return sidesOf(trainedSize);
    const [height, width] = [image.height, image.width].map((side) => this.#sizeFor(side)) as [number, number];
    return height * width <= wholePixels ? { height, width } : undefined;
  }

  async #batch(images: readonly RgbImage[], { height, width }: Size): Promise<RgbImage[]> {
    const padded = images.map((image) => padByReflection(image, height, width));
    const translated = tf.tidy(() => this.program.translate(inputOf(padded)));
    try {
      const values = await translated.data();
      const size = height * width * 3;
      return images.map((image, i) =>
        crop(pixelsOf(values.subarray(i * size, (i + 1) * size), height, width), image.height, image.width),
      );
    } finally {
      translated.dispose();
    }
  }

  async #inTiles(image: RgbImage, onTile: TileProgress = () => undefined): Promise<RgbImage> {
    const { sizes, tileSide } = this.options;
    const { multiple, reach } = sizes;
    const [height, width] = [image.height, image.width].map((side) => roundUp(Math.max(side, sizes.least), multiple)) as [number, number]; // prettier-ignore
    const margin = Math.min(reach === undefined ? MARGIN : roundUp(reach, multiple), Math.floor(tileSide / 4));
    const plan = planTiles(height, width, { side: tileSide, margin, blend: BLEND, multiple });
    const norms = await this.#normsOf(image);
    try {
      const whole = new Canvas(height, width, plan);
      const padded = padByReflection(image, height, width);
      const { starts: lefts } = plan.columns;
      for (const [i, top] of plan.rows.starts.entries()) {
        for (const [j, left] of lefts.entries()) {
          await onTile(i * lefts.length + j, plan.rows.starts.length * lefts.length);
          whole.add(i, j, await this.#tile(partOf(padded, top, left, plan), norms));
        }
        whole.finishRow(i);
      }
      return crop(whole.image, image.height, image.width);
    } finally {
      tf.dispose(norms as never);
    }
  }

  async #tile(tile: RgbImage, norms: Norms): Promise<Float32Array> {
    const translated = tf.tidy(() => this.program.translateWith(inputOf([tile]), norms));
    try {
      return (await translated.data()) as Float32Array;
    } finally {
      translated.dispose();
    }
  }

  /** Of the image made so small that it can be translated as a whole. */
  async #normsOf(image: RgbImage): Promise<Norms> {
    const scale = Math.sqrt(this.options.wholePixels / (image.height * image.width));
    const [height, width] = [image.height, image.width].map((side) => this.#sizeBelow(side * scale)) as [number, number]; // prettier-ignore
    const small = await this.options.shrink(image, height, width);
    const x = tf.tidy(() => inputOf([small]));
    try {
      return this.program.measure(x);
    } finally {
      x.dispose();
    }
  }

  /** The least size of the classes that a side fits in. */
  #sizeFor(side: number): number {
    const { least, multiple } = this.options.sizes;
    return roundUp(Math.max(side, least), stepAt(Math.max(side, least), multiple));
  }

  #sizeBelow(side: number): number {
    const { least, multiple } = this.options.sizes;
    const step = stepAt(side, multiple);
    return Math.max(roundUp(least, multiple), Math.floor(side / step) * step);
  }
}

/** Eight sizes an octave: an image is padded by at most an eighth. */
function stepAt(side: number, multiple: number): number {
  return Math.max(multiple, multiple * 2 ** Math.floor(Math.log2(side / (8 * multiple))));
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** The largest one up to a number. */
export const powerOfTwo = (most: number): number => 2 ** Math.floor(Math.log2(most));

/** Of images of one size: [b, h, w, 3] in [-1, 1]. */
function inputOf(images: readonly RgbImage[]): Tensor4D {
  const { height, width } = images[0]!;
  const pixels = height * width * 3;
  const values = new Float32Array(images.length * pixels);
  images.forEach(({ data }, i) => values.set(data, i * pixels));
  return tf.sub(tf.div(tf.tensor4d(values, [images.length, height, width, 3]), 127.5), 1);
}

function partOf(image: RgbImage, top: number, left: number, { rows, columns }: TilePlan): RgbImage {
  const [height, width] = [rows.side, columns.side];
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** Puts tiles together, one row of them at a time, so that only these are kept as floats. */
class Canvas {
  readonly image: RgbImage;
  readonly #row: Float32Array;

  constructor(
    height: number,
    private readonly width: number,
    private readonly plan: TilePlan,
  ) {
    this.image = { width, height, data: new Uint8Array(height * width * 3) };
    this.#row = new Float32Array(plan.rows.side * width * 3);
  }

  /** @param tile [1, h, w, 3] in [-1, 1] */
  add(i: number, j: number, tile: Float32Array): void {
    const { rows, columns } = this.plan;
    const [vertical, horizontal] = [rows.weights[i]!, columns.weights[j]!];
    const left = columns.starts[j]!;
    for (let y = 0; y < rows.side; y++) {
      if (vertical[y] === 0) continue;
      for (let x = 0; x < columns.side; x++) {
        const weight = vertical[y]! * horizontal[x]!;
        if (weight === 0) continue;
        const [from, to] = [(y * columns.side + x) * 3, (y * this.width + left + x) * 3];
        for (let c = 0; c < 3; c++) this.#row[to + c]! += weight * tile[from + c]!;
      }
    }
  }

  /** Rounds what no later row of tiles adds to, and keeps the rest for the next. */
  finishRow(i: number): void {
    const { side, starts } = this.plan.rows;
    const [start, next] = [starts[i]!, starts[i + 1] ?? starts[i]! + side];
    const done = (next - start) * this.width * 3;
    const to = start * this.width * 3;
    for (let k = 0; k < done; k++) {
      this.image.data[to + k] = Math.min(255, Math.max(0, Math.round((this.#row[k]! + 1) * 127.5)));
    }
    this.#row.copyWithin(0, done);
    this.#row.fill(0, this.#row.length - done);
  }
}
