import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { halved } from '../../src/models/multi-scale.js';
import { make } from '../../src/registry/make.js';
import { patternImages, patternWeights } from '../methods/numerics.js';

before(() => loadTensorFlow());

const discriminator = (options: object) =>
  make(
    builtins().discriminator,
    { type: 'patchgan', norm: 'instance', width: 2, layers: 1, slope: 0.3, ...options },
    { imageSize: 32, channels: 3 },
  );

describe('halving for the next scale', () => {
  for (const [height, width] of [
    [6, 8],
    [5, 7],
    [1, 2],
  ] as const)
    // prettier-ignore
    test(`takes the mean of the pixels around every other one, ${height} x ${width}`, () => {
      const x = patternImages('x', 2, 8).slice([0, 0, 0, 0], [2, height, width, 3]);
      const pixels = x.arraySync();
      const mean = (image: number, row: number, column: number, channel: number) => {
        const near = [-1, 0, 1].flatMap((down) =>
          [-1, 0, 1].flatMap((right) => pixels[image]![row + down]?.[column + right]?.[channel] ?? []),
        );
        return near.reduce((sum, value) => sum + value) / near.length;
      };
      const result = halved(x);
      assert.deepEqual(result.shape, [2, Math.ceil(height / 2), Math.ceil(width / 2), 3]);
      const found = result.arraySync();
      found.forEach((image, b) =>
        image.forEach((row, i) =>
          row.forEach((pixel, j) =>
            pixel.forEach((value, c) => {
              const expected = mean(b, 2 * i, 2 * j, c);
              assert.ok(Math.abs(value - expected) < 1e-5, `${value} is not ${expected}`);
            }),
          ),
        ),
      );
    });
});

describe('a discriminator of several scales', () => {
  const D = discriminator({ scales: 3 });
  const single = discriminator({});
  const weights = () => patternWeights(D, 'D', 0.4);
  const x = () => patternImages('x', 2, 32);
  const ofScale = (i: number) =>
    Object.fromEntries(single.weights.map(({ name }) => [name, weights()[`scale${i}/${name}`]!]));

  test('judges the image, half of it and a quarter of it by weights of their own', () => {
    const maps = D.maps!(weights(), x());
    assert.deepEqual(maps.map(({ shape }) => shape), [[2, 14, 14, 1], [2, 6, 6, 1], [2, 2, 2, 1]]); // prettier-ignore
    const seen = [x(), halved(x()), halved(halved(x()))];
    maps.forEach((map, i) => close(map, single.apply(ofScale(i + 1), seen[i]!)));
    assert.equal(D.weights.length, 3 * single.weights.length);
  });

  test('shows the finest map', () => close(D.apply(weights(), x()), single.apply(ofScale(1), x())));

  test('that sees augmented images judges all scales of the same ones', () => {
    const augmented = discriminator({ scales: 2, augment: ['translation'] });
    const key = randomKey(1, 2);
    const [fine, coarse] = augmented.maps!(weights(), x(), key);
    const inTraining = discriminator({ augment: ['translation'] });
    close(fine!, inTraining.apply(ofScale(1), x(), key));
    assert.ok(tf.max(tf.abs(tf.sub(coarse!, D.maps!(weights(), x())[1]!))).dataSync()[0]! > 1e-3);
  });

  test('costs a third more with a second and a third scale', () => {
    const [three, one] = [D.cost!.products, single.cost!.products];
    assert.ok(Math.abs(three / one - (1 + 1 / 4 + 1 / 16)) < 0.01, `${three / one}`);
  });
});

function close(a: Tensor4D, b: Tensor4D): void {
  assert.deepEqual(a.shape, b.shape);
  const difference = tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  assert.ok(difference < 1e-4, `they differ by ${difference}`);
}
