import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { keyedRandom } from '../../support/keyed-random.js';
import { laplacianPyramid } from './laplacian-pyramid.js';

/** Side of a patch, in pixels. */
const SIDE = 7;
/** The smallest level of the pyramid, in pixels. */
const SMALLEST = 16;

/** Mean and standard deviation of each channel. */
export interface ChannelScale {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Random patches of images at each level of their Laplacian pyramids. Which patches depends on the image's position in the set only. */
export class PatchSet {
  /** Number of images. */
  count = 0;
  #channels = 0;
  readonly #levels: Float32Array[][] = [];

  /** @param patches of each image and level */
  constructor(private readonly patches: number) {}

  get levels(): number {
    return this.#levels.length;
  }

  /** @param images [b, s, s, c] */
  async add(images: Tensor4D): Promise<void> {
    const [batch, , , channels] = images.shape;
    this.#channels = channels;
    const pyramid = laplacianPyramid(images, SMALLEST);
    try {
      for (const [level, tensor] of pyramid.entries()) {
        const pixels = (await tensor.data()) as Float32Array;
        const size = tensor.shape[1];
        const all = (this.#levels[level] ??= []);
        for (let i = 0; i < batch; i++) {
          const own = pixels.subarray(i * size * size * channels, (i + 1) * size * size * channels);
          all.push(this.patchesOf(own, size, level, this.count + i));
        }
      }
    } finally {
      tf.dispose(pyramid);
    }
    this.count += batch;
  }

  /** Numbers in a patch. */
  widthOf(level: number): number {
    return this.#levels[level]![0]!.length / this.patches;
  }

  scaleOf(level: number): ChannelScale {
    const channels = this.#channels;
    const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
    let numbers = 0;
    for (const patches of this.#levels[level]!) {
      patches.forEach((value, i) => {
        sums[i % channels]! += value;
        squares[i % channels]! += value ** 2;
      });
      numbers += patches.length / channels;
    }
    const mean = sums.map((sum) => sum / numbers);
    return { mean, deviation: squares.map((square, c) => Math.sqrt(Math.max(0, square / numbers - mean[c]! ** 2))) };
  }

  /** All patches of a level, normalised, image after image; a channel without deviation is only centred. */
  normalised(level: number, { mean, deviation }: ChannelScale): Float32Array {
    const all = this.#levels[level]!;
    const length = all[0]!.length;
    const result = new Float32Array(all.length * length);
    all.forEach((patches, image) =>
      patches.forEach((value, i) => {
        const channel = i % this.#channels;
        result[image * length + i] = (value - mean[channel]!) / (deviation[channel]! || 1);
      }),
    );
    return result;
  }

  /** [patches, side, side, channels] */
  private patchesOf(pixels: Float32Array, size: number, level: number, image: number): Float32Array {
    const side = Math.min(SIDE, size);
    const row = side * this.#channels;
    const random = keyedRandom('patches', level, image);
    const result = new Float32Array(this.patches * side * row);
    for (let patch = 0; patch < this.patches; patch++) {
      const [top, left] = [random.int(size - side + 1), random.int(size - side + 1)];
      for (let y = 0; y < side; y++) {
        const from = ((top + y) * size + left) * this.#channels;
        result.set(pixels.subarray(from, from + row), (patch * side + y) * row);
      }
    }
    return result;
  }
}
