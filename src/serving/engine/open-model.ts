import * as tf from '@tensorflow/tfjs-core';
import type { RgbImage } from '../../inference/image-grid.js';
import type { ImageTranslator } from '../../inference/image-translator.js';
import { imageTranslator } from '../../translation/image-translator-of.js';
import type { OpenGenerator, Preparation } from '../../translation/open-generator.js';
import type { EngineLimits, ServedModel, TensorShape } from '../protocol.js';
import { roundUp } from '../../support/round-up.js';
import { pixelsIn, sameSize, sidesOf } from '../../support/sides.js';

/** A served generator. */
export class OpenModel {
  readonly translator: ImageTranslator;

  constructor(
    private readonly generator: OpenGenerator,
    readonly facts: ServedModel,
    { wholePixels }: Pick<EngineLimits, 'wholePixels'>,
  ) {
    const size = generator.sizes === undefined ? facts.imageSize : 'keep';
    this.translator = imageTranslator(generator, { size, wholePixels });
  }

  get training(): Preparation {
    return this.generator.training;
  }

  /** Traces the generator for images of the training's size, alone and in a full batch. */
  async warmUp(): Promise<void> {
    const { imageSize } = this.facts;
    const image: RgbImage = { ...sidesOf(imageSize), data: new Uint8Array(pixelsIn(imageSize) * 3) };
    const { most } = this.translator.batchOf(image);
    for (const images of [[image], Array.from({ length: most }, () => image)]) {
      await this.translator.translateTogether(images);
    }
  }

  /**
   * Translates images as the network's own numbers. Where the generator takes multiples of a number, what is missing to one is mirrored, and cut off
   * the translation.
   */
  async translateTensor(values: Float32Array, [batch, height, width, channels]: TensorShape): Promise<Float32Array> {
    const { imageSize, sizes } = this.facts;
    const multiple = sameSize({ height, width }, imageSize) || sizes === undefined ? 1 : sizes.multiple;
    const [below, right] = [roundUp(height, multiple) - height, roundUp(width, multiple) - width];
    const translated = tf.tidy(() => {
      const images = tf.tensor4d(values, [batch, height, width, channels]);
      if (below === 0 && right === 0) return this.generator.program.translate(images);
      const padded = tf.mirrorPad<tf.Tensor4D>(images, [[0, 0], [0, below], [0, right], [0, 0]], 'reflect'); // prettier-ignore
      return tf.slice(this.generator.program.translate(padded), [0, 0, 0, 0], [batch, height, width, channels]);
    });
    try {
      return (await translated.data()) as Float32Array;
    } finally {
      translated.dispose();
    }
  }
}
