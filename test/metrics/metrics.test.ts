import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { builtins } from '../../src/registry/builtins.js';
import type { TranslatedPicture } from '../../src/registry/kinds/metric.js';
import { make } from '../../src/registry/make.js';
import { peakSignalToNoise } from '../../src/metrics/psnr.js';
import { structuralSimilarity } from '../../src/metrics/ssim.js';

before(() => loadTensorFlow());

const flat = (value: number, size = 16) => tf.fill<tf.Rank.R4>([1, size, size, 3], value);

/** A picture with structure, the same formula as in test/services/python/metrics.py. */
function waves(phase: number, size = 32): tf.Tensor4D {
  const values = Float32Array.from({ length: size * size * 3 }, (_, i) => 0.5 + 0.5 * Math.sin(0.37 * i + phase));
  return tf.tensor4d(values, [1, size, size, 3]);
}

describe('PSNR', () => {
  test('is 20 dB for an error of a tenth of the range', () => {
    assert.ok(Math.abs(peakSignalToNoise(flat(0.5), flat(0.6)).dataSync()[0]! - 20) < 1e-4);
  });

  test('is infinite for equal pictures', () => {
    assert.equal(peakSignalToNoise(flat(0.5), flat(0.5)).dataSync()[0], Infinity);
  });
});

describe('SSIM', () => {
  test('is 1 for equal pictures', () => {
    assert.ok(Math.abs(structuralSimilarity(waves(0), waves(0)).dataSync()[0]! - 1) < 1e-6);
  });

  test('of flat pictures is its luminance term', () => {
    // Wang et al. 2004, equation 6, with no variance anywhere: (2ab + C1) / (a² + b² + C1); in float32 the variance is 0 to 1e-7 only.
    const expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2 ** 2 + 0.6 ** 2 + 1e-4);
    assert.ok(Math.abs(structuralSimilarity(flat(0.2), flat(0.6)).dataSync()[0]! - expected) < 1e-3);
  });

  test('refuses pictures smaller than its window', () => {
    assert.throws(() => structuralSimilarity(flat(0, 8), flat(0, 8)), /11x11/);
  });
});

describe('every registered metric', () => {
  const picture = (): TranslatedPicture => ({
    source: waves(0),
    translated: waves(0.1),
    reconstructed: waves(0.2),
    identity: waves(0.3),
    truth: waves(0.15),
  });

  for (const [name] of builtins().metric) {
    test(`${name}: the mean over two equal pictures is the value of one, and leaves no tensors`, () => {
      const metric = make(builtins().metric, { type: name }, undefined);
      const [one, two] = [metric.start(), metric.start()];
      const shown = picture();
      const before = tf.memory().numTensors;
      one.add(shown);
      two.add(shown);
      two.add(shown);
      assert.equal(tf.memory().numTensors, before);
      assert.ok(Number.isFinite(one.result()));
      assert.ok(Math.abs(one.result() - two.result()) < 1e-9);
    });

    test(`${name}: says a perfect picture is better than a flawed one`, () => {
      const metric = make(builtins().metric, { type: name }, undefined);
      const [perfect, flawed] = [metric.start(), metric.start()];
      const truth = waves(0.15);
      perfect.add({ source: truth, translated: tf.add(truth, 1e-4), reconstructed: truth, identity: truth, truth });
      flawed.add(picture());
      const better =
        metric.better === 'higher' ? perfect.result() > flawed.result() : perfect.result() < flawed.result();
      assert.ok(better, `${perfect.result()} against ${flawed.result()}`);
    });
  }
});
