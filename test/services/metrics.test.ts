import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { peakSignalToNoise } from '../../src/evaluation/psnr.js';
import { structuralSimilarity } from '../../src/evaluation/ssim.js';
import { runPython } from './python.js';

before(() => loadTensorFlow());

/** The same formula as in python/metrics.py. */
function waves(phase: number, size = 32): tf.Tensor4D {
  const values = Float32Array.from({ length: size * size * 3 }, (_, i) => 0.5 + 0.5 * Math.sin(0.37 * i + phase));
  return tf.tensor4d(values, [1, size, size, 3]);
}

test('PSNR and SSIM are equal to those of tf.image', () => {
  const expected = runPython<{ psnr: number; ssim: number }>('metrics.py');
  const [a, b] = [waves(0), waves(0.4)];
  const [psnr, ssim] = [peakSignalToNoise(a, b).dataSync()[0]!, structuralSimilarity(a, b).dataSync()[0]!];
  assert.ok(Math.abs(psnr - expected.psnr) < 1e-4, `${psnr} dB against ${expected.psnr}`);
  assert.ok(Math.abs(ssim - expected.ssim) < 1e-5, `${ssim} against ${expected.ssim}`);
});
