import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { builtins } from '../../src/app/builtins.js';
import { realness } from '../../src/methods/parts.js';
import { make } from '../../src/registry/make.js';

before(() => loadTensorFlow());

const { adversarial } = builtins();
const logits = (value: number) => tf.fill<tf.Rank.R4>([2, 3, 3, 1], value);
const number = (x: Tensor) => x.dataSync()[0]!;
const near = (a: number, b: number, tolerance = 1e-6) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);

for (const name of adversarial.names()) {
  const loss = make(adversarial, { type: name }, undefined);
  describe(`adversarial.${name}`, () => {
    test('decreases for the generator when its fakes look real to the discriminator', () => {
      assert.ok(number(loss.generator(logits(1))) < number(loss.generator(logits(-1))));
    });

    test('decreases for the discriminator when it is right', () => {
      const [right, wrong] = [loss.discriminator(logits(1), logits(-1)), loss.discriminator(logits(-1), logits(1))];
      assert.ok(number(right) < number(wrong));
    });

    test('gives finite scalars and gradients for any logits', () => {
      for (const sure of [-1000, 0, 1000]) {
        const generator = (z: Tensor) => loss.generator(z as Tensor4D);
        const judge = (a: Tensor, b: Tensor): Scalar => loss.discriminator(a as Tensor4D, b as Tensor4D);
        const results = [
          generator(logits(sure)),
          judge(logits(sure), logits(-sure)),
          tf.norm(tf.grad(generator)(logits(sure))),
          ...tf
            .grads(judge)([logits(sure), logits(-sure)])
            .map((gradient) => tf.norm(gradient)),
        ];
        for (const result of results) {
          assert.deepEqual(result.shape, []);
          assert.ok(Number.isFinite(number(result)));
        }
      }
    });

    test('has a realness of 1 at its best score for real images, 0 at that for fakes, and 0.5 in between', () => {
      const scores = Array.from({ length: 81 }, (_, i) => (i - 40) / 4);
      /** The score with the least loss; the middle of several minima. */
      const wanted = (of: (score: Tensor4D) => Scalar) => {
        const losses = scores.map((score) => number(of(logits(score))));
        const best = scores.filter((_, i) => losses[i]! < Math.min(...losses) + 1e-6);
        return best.reduce((sum, score) => sum + score, 0) / best.length;
      };
      const shown = (score: number) => number(realness(loss, logits(score)));
      const real = wanted((score) => loss.generator(score));
      assert.ok(shown(real) > 0.99, `${shown(real)} at ${real}, which a real image should score`);
      const fake = wanted((score) => loss.discriminator(logits(real), score));
      assert.ok(shown(fake) < 0.01, `${shown(fake)} at ${fake}, which a fake should score`);
      const unsure = wanted((score) => loss.discriminator(score, score));
      near(shown(unsure), 0.5);

      const drawn = scores.map(shown);
      drawn.forEach((value, i) => assert.ok(value >= (drawn[i - 1] ?? 0) && value <= 1, `${value} at ${scores[i]}`));
      assert.deepEqual(realness(loss, logits(0)).shape, [2, 3, 3, 1]);
    });

    test('is the mean over images and patches', () => {
      const z = randomNormal<tf.Rank.R4>([2, 3, 3, 1], randomKey(1, 0));
      near(number(loss.generator(z)), number(loss.generator(tf.tile(z, [3, 1, 1, 1]))));
    });
  });
}

test('binary cross-entropy is ln 2 for an undecided discriminator, whose loss is half of the sum of both sides', () => {
  const bce = make(adversarial, { type: 'bce' }, undefined);
  near(number(bce.generator(logits(0))), Math.LN2);
  near(number(bce.discriminator(logits(0), logits(0))), Math.LN2);
  near(number(bce.generator(logits(-2))), Math.log(1 + Math.exp(2)));
});

test('least squares is the squared distance from 1 and 0', () => {
  const loss = make(adversarial, { type: 'least-squares' }, undefined);
  near(number(loss.generator(logits(3))), 4);
  near(number(loss.discriminator(logits(3), logits(2))), 0.5 * (4 + 4));
});

test('hinge is the distance of scores to the margins of 1 and -1, of both sides together', () => {
  const loss = make(adversarial, { type: 'hinge' }, undefined);
  near(number(loss.generator(logits(3))), -3);
  near(number(loss.discriminator(logits(3), logits(-2))), 0);
  near(number(loss.discriminator(logits(-0.5), logits(0.25))), 1.5 + 1.25);
});

test('wasserstein is the difference of the mean scores of fakes and real images', () => {
  const loss = make(adversarial, { type: 'wasserstein' }, undefined);
  near(number(loss.generator(logits(3))), -3);
  near(number(loss.discriminator(logits(30), logits(-2))), -32);
});
