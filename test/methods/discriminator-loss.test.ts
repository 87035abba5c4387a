import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { discriminatorLoss, generatorLoss, type Judge } from '../../src/methods/discriminator-loss.js';
import { make } from '../../src/registry/make.js';
import { patternImages } from './numerics.js';

before(() => loadTensorFlow());

const { adversarial: losses, penalty: penalties } = builtins();
const adversarial = make(losses, { type: 'bce' }, undefined);
const [fine, coarse] = [
  (x: Tensor4D) => tf.sum<Tensor4D>(x, 3, true),
  (x: Tensor4D) => tf.avgPool(tf.sum<Tensor4D>(x, 3, true), 2, 2, 'valid'),
];
/** Judges at two scales. */
const both: Judge = Object.assign((x: Tensor4D) => fine(x), { maps: (x: Tensor4D) => [fine(x), coarse(x)] });
const images = () => ({ real: patternImages('x', 2, 8), fake: patternImages('y', 2, 8) });
const number = (x: tf.Tensor) => x.dataSync()[0]!;
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-5 * Math.abs(expected), `${found} is not ${expected}`);

test('the losses of a discriminator of several maps are the sums of the maps’', () => {
  const loss = (D: Judge) => number(discriminatorLoss({ adversarial }, { name: 'D', D }, images()).loss);
  near(loss(both), loss(fine) + loss(coarse));
  const fooled = (D: Judge) => number(generatorLoss(adversarial, D, images().fake));
  near(fooled(both), fooled(fine) + fooled(coarse));
  assert.ok(Math.abs(fooled(fine) - fooled(coarse)) > 1e-3);
});

test('a penalty is of the gradient of all scores of all maps', () => {
  const penalty = make(penalties, { type: 'r1', gamma: 2 }, undefined);
  const { extra } = discriminatorLoss({ adversarial, penalty }, { name: 'D', D: both, key: randomKey(1, 1) }, images());
  // Each pixel and channel is added up once for the fine map, and a quarter of it for the coarse one.
  near(number(extra['D/penalty']!), 8 * 8 * 3 * 1.25 ** 2);
});
