import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { initialWeights } from '../../src/engine/initialize.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { generatorProgram, type GeneratorProgram } from '../../src/inference/generator-program.js';
import type { RgbImage } from '../../src/inference/image-grid.js';
import { ImageTranslator } from '../../src/inference/image-translator.js';
import { imageOf } from '../../src/inference/tensor-image.js';
import { resnet } from '../../src/models/resnet.js';
import { unet } from '../../src/models/unet.js';
import { shrinkImage as shrink } from '../../src/translation/image-translator-of.js';
import type { Network, Weights } from '../../src/registry/kinds/network.js';

before(() => loadTensorFlow());

const SITE = { imageSize: 32, channels: 3 };
const residual = (norm: 'instance' | 'none') => resnet.create({ blocks: 1, norm, width: 4 }, SITE);

/** Weights that make something visible of an image; those of a start change little. */
function weightsOf(network: Network, factor = 8): Weights {
  const weights = initialWeights(network, 1, 'G');
  return Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [name, /kernel$/.test(name) ? tf.mul(w, factor) : w]),
  );
}

/** A sky: soft in all directions, where a seam would be seen. */
function gradient(height: number, width: number): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set([(200 * y) / height, 40 + (180 * x) / width, 255 - (100 * (x + y)) / (height + width)], (y * width + x) * 3); // prettier-ignore
    }
  }
  return { height, width, data };
}

function largest(a: RgbImage, b: RgbImage): number {
  assert.deepEqual([a.height, a.width], [b.height, b.width]);
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
}

/** The program's translation, without any padding. */
function wholeBy(program: GeneratorProgram, { width, height, data }: RgbImage): RgbImage {
  const x = tf.tidy(() =>
    tf.sub<tf.Tensor4D>(tf.div(tf.tensor4d(Float32Array.from(data), [1, height, width, 3]), 127.5), 1),
  );
  const translated = program.translate(x);
  const image = imageOf(translated);
  tf.dispose([x, translated]);
  return image;
}

const spreadOf = ({ data }: RgbImage) => data.reduce((a, b) => Math.max(a, b)) - data.reduce((a, b) => Math.min(a, b));

describe('an image of any size', () => {
  for (const [height, width] of [
    [1, 1],
    [3, 50],
    [32, 32],
    [33, 47],
    [64, 5],
    [300, 20],
  ] as const) {
    // prettier-ignore
    test(`of ${height} x ${width} pixels is translated to one of the same size`, async () => {
      const network = residual('instance');
      const program = generatorProgram(network, weightsOf(network));
      const translator = new ImageTranslator(program, { sizes: network.sizes!, trainedSize: 32, wholePixels: 128 * 128, tileSide: 128, shrink });
      const translated = await translator.translate(gradient(height, width));
      assert.deepEqual([translated.height, translated.width, translated.data.length], [height, width, height * width * 3]); // prettier-ignore
      program.dispose();
    });
  }

  test('that the generator takes as it is has exactly the generator’s translation', async () => {
    const network = residual('instance');
    const weights = weightsOf(network);
    const program = generatorProgram(network, weights);
    const translator = new ImageTranslator(program, {
      sizes: network.sizes!,
      trainedSize: 32,
      wholePixels: 128 * 128,
      tileSide: 128,
      shrink,
    });
    const image = gradient(64, 96);
    const found = await translator.translate(image);
    const expected = tf.tidy(() => {
      const x = tf.sub(tf.div(tf.tensor4d(Float32Array.from(image.data), [1, 64, 96, 3]), 127.5), 1);
      return tf.round(tf.mul(tf.add(network.apply(weights, x as tf.Tensor4D), 1), 127.5)).dataSync();
    });
    assert.ok(largest(found, { ...image, data: Uint8Array.from(expected) }) <= 1);
    assert.ok(spreadOf(found) > 30);
    program.dispose();
  });

  test('that has the size of the training images is not padded, whatever that size is', async () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network));
    const options = { sizes: network.sizes!, wholePixels: 128 * 128, tileSide: 128, shrink };
    const image = gradient(68, 68);
    const exact = await new ImageTranslator(program, { ...options, trainedSize: 68 }).translate(image);
    assert.equal(largest(exact, wholeBy(program, image)), 0);
    const padded = await new ImageTranslator(program, { ...options, trainedSize: 32 }).translate(image);
    assert.ok(largest(padded, exact) > 0);
    program.dispose();
  });

  test('is translated as alone when others of its shape are translated with it', async () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network));
    const translator = new ImageTranslator(program, { sizes: network.sizes!, trainedSize: 32, wholePixels: 128 * 128, tileSide: 128, shrink }); // prettier-ignore
    const images = [33, 34, 35, 36, 33, 34, 35].map((width) => gradient(30, width));
    assert.deepEqual(new Set(images.map((image) => translator.batchOf(image).shape)).size, 1);
    assert.notEqual(translator.batchOf(gradient(30, 37)).shape, translator.batchOf(images[0]!).shape);
    const together = await translator.translateTogether(images);
    for (const [i, image] of images.entries()) {
      assert.deepEqual([together[i]!.width, together[i]!.height], [image.width, image.height]);
      assert.ok(largest(together[i]!, await translator.translate(image)) <= 1, `${i}`);
    }
    assert.equal(program.traces, 3); // Of 4, 2 and 1 images; one alone has been traced.
    program.dispose();
  });

  test('shares its batch with fewer, the larger it is, and with none where it is translated in tiles', () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network));
    const translator = new ImageTranslator(program, { sizes: network.sizes!, trainedSize: 32, wholePixels: 2.5e6, tileSide: 128, shrink }); // prettier-ignore
    const most = (side: number) => translator.batchOf({ width: side, height: side }).most;
    assert.deepEqual([32, 256, 360, 512, 1500, 3000].map(most), [8, 8, 2, 2, 1, 1]);
    program.dispose();
  });

  test('is translated the same by a graph that was made anew after many sizes', async () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network), 3);
    const translator = new ImageTranslator(program, { sizes: network.sizes!, trainedSize: 32, wholePixels: 128 * 128, tileSide: 128, shrink }); // prettier-ignore
    const first = await translator.translate(gradient(40, 32));
    const before = tf.memory().numTensors;
    for (const side of [16, 20, 24, 28, 32, 64]) await translator.translate(gradient(side, side));
    assert.deepEqual((await translator.translate(gradient(40, 32))).data, first.data);
    assert.equal(program.traces, 8);
    assert.equal(tf.memory().numTensors, before);
    program.dispose();
  });

  test('costs few traces, whatever the sizes of many images', async () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network));
    const translator = new ImageTranslator(program, {
      sizes: network.sizes!,
      trainedSize: 32,
      wholePixels: 256 * 256,
      tileSide: 128,
      shrink,
    });
    for (let side = 65; side <= 128; side += 3) await translator.translate(gradient(side, 40));
    assert.ok(program.traces <= 8, String(program.traces));
    program.dispose();
  });
});

describe('an image in tiles', () => {
  const small = { norm: 'instance', width: 4, depth: 4, dropout: 0, slope: 0.2 } as const;
  for (const [name, network, factor] of [
    ['a ResNet without norms', residual('none'), 8],
    ['a ResNet', residual('instance'), 8],
    ['a U-Net', unet.create(small, SITE), 2],
  ] as const) {
    test(`of ${name} has no seam: it is as if translated whole with the same statistics`, async () => {
      const program = generatorProgram(network, weightsOf(network, factor));
      const image = gradient(320, 256); // sizes without padding, whose border would differ
      let kept: ReturnType<typeof program.measure>;
      const spying = { ...program, measure: (x: tf.Tensor4D) => copied((kept = program.measure(x))) };
      const options = { sizes: network.sizes!, trainedSize: 32, tileSide: name === 'a U-Net' ? 256 : 128, shrink };
      const found = await new ImageTranslator(spying, { ...options, wholePixels: 100 * 100 }).translate(image);
      const withNorms = { ...program, translate: (x: tf.Tensor4D) => program.translateWith(x, kept) };
      const expected = await new ImageTranslator(withNorms, { ...options, wholePixels: 1e6 }).translate(image);
      assert.ok(spreadOf(expected) > 30);
      assert.ok(largest(found, expected) <= 1, String(largest(found, expected)));
      program.dispose();
    });
  }

  test('announces each tile before it is translated, and ends with the error that this throws', async () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network));
    const translator = new ImageTranslator(program, { sizes: network.sizes!, trainedSize: 32, wholePixels: 64 * 64, tileSide: 128, shrink }); // prettier-ignore
    const seen: (readonly [number, number])[] = [];
    await translator.translate(gradient(200, 200), (done, tiles) => void seen.push([done, tiles]));
    assert.deepEqual(
      seen,
      seen.map((_, i) => [i, seen.length]),
    );
    assert.ok(seen.length >= 4, String(seen.length));
    const before = tf.memory().numTensors;
    const cancelled = translator.translate(gradient(200, 200), (done) => {
      if (done === 1) throw new Error('cancelled');
    });
    await assert.rejects(cancelled, /cancelled/);
    assert.equal(tf.memory().numTensors, before);
    program.dispose();
  });

  test('keeps no tensor', async () => {
    const network = residual('instance');
    const program = generatorProgram(network, weightsOf(network));
    const translator = new ImageTranslator(program, {
      sizes: network.sizes!,
      trainedSize: 32,
      wholePixels: 64 * 64,
      tileSide: 128,
      shrink,
    });
    await translator.translate(gradient(200, 30));
    const before = tf.memory().numTensors;
    await translator.translate(gradient(200, 200));
    await translator.translate(gradient(30, 30));
    assert.equal(tf.memory().numTensors, before);
    program.dispose();
  });
});

function copied<T extends object>(norms: T): T {
  const entries = Object.entries(norms) as [string, { mean: tf.Tensor; variance: tf.Tensor }][];
  return Object.fromEntries(entries.map(([name, { mean, variance }]) => [name, { mean: mean.clone(), variance: variance.clone() }])) as T; // prettier-ignore
}
