import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initialWeights } from '../../src/engine/initialize.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { dropout, foldKey, randomKey, randomNormal, randomUniform } from '../../src/engine/random-tensors.js';

before(() => loadTensorFlow());

const values = (x: Tensor) => Array.from(x.dataSync());

describe('random numbers are functions of a key', () => {
  test('that gives the same numbers again, and others for another seed or counter', () => {
    const draw = (seed: number, counter: number) => values(randomUniform([4], randomKey(seed, counter)));
    assert.deepEqual(draw(1, 2), draw(1, 2));
    assert.notDeepEqual(draw(1, 2), draw(1, 3));
    assert.notDeepEqual(draw(1, 2), draw(2, 2));
  });

  test('with mean 0 and deviation 1 if they are normal', () => {
    const { mean, variance } = tf.moments(randomNormal([100_000], randomKey(1, 0)));
    assert.ok(Math.abs(values(mean)[0]!) < 0.02);
    assert.ok(Math.abs(values(variance)[0]! - 1) < 0.02);
  });

  test('and all passes and sites of a step have different keys', () => {
    const keys = new Set<number>();
    for (let pass = 0; pass < 16; pass++) {
      for (let site = 0; site < 32; site++) {
        keys.add(values(foldKey(foldKey(randomKey(42, 1), 'pass', pass), 'site', site))[0]!);
      }
    }
    assert.equal(keys.size, 16 * 32);
  });

  test('whose seed is taken modulo 2^32', () => {
    assert.deepEqual(values(randomKey(2 ** 32 + 5, 0)), [5, 0]);
  });
});

describe('dropout', () => {
  test('drops the given share and keeps the mean', () => {
    const y = dropout(tf.ones([100_000]), 0.25, randomKey(1, 0));
    const kept = values(y).filter((value) => value !== 0);
    assert.ok(Math.abs(kept.length / 100_000 - 0.75) < 0.01);
    assert.ok(kept.every((value) => Math.abs(value - 4 / 3) < 1e-6));
  });

  test('draws another mask for each image of a batch, site, pass and step', () => {
    const mask = (...keys: Parameters<typeof dropout>[2][]) =>
      keys.map((key) => String(values(dropout(tf.ones([64]), 0.5, key))));
    const key = randomKey(1, 5);
    const masks = mask(key, foldKey(key, 'site', 1), foldKey(key, 'pass', 1), randomKey(1, 6), randomKey(2, 5));
    assert.equal(new Set(masks).size, masks.length);
    const [first, second] = tf.unstack(dropout(tf.ones([2, 64]), 0.5, key));
    assert.notDeepEqual(values(first!), values(second!));
  });

  test('passes the gradient through the kept elements', () => {
    const x = tf.ones([64]);
    const y = dropout(x, 0.5, randomKey(1, 0));
    const dx = tf.grad((x: Tensor) => tf.sum(dropout(x, 0.5, randomKey(1, 0))))(x);
    assert.deepEqual(values(dx), values(y));
  });
});

describe('initial weights', () => {
  const normal = { kind: 'normal', mean: 1, stddev: 0.02 } as const;
  const network = {
    weights: [
      { name: 'a', shape: [200, 50], initial: normal },
      { name: 'b', shape: [3], initial: { kind: 'zeros' } },
    ] as const,
    apply: () => assert.fail(),
  };

  test('have the specified mean and deviation', () => {
    const { mean, variance } = tf.moments(initialWeights(network, 1, 'G')['a']!);
    assert.ok(Math.abs(values(mean)[0]! - 1) < 0.001);
    assert.ok(Math.abs(Math.sqrt(values(variance)[0]!) - 0.02) < 0.001);
    assert.deepEqual(values(initialWeights(network, 1, 'G')['b']!), [0, 0, 0]);
  });

  test('depend on the seed and the network’s name, not on other weights', () => {
    const first = (seed: number, name: string, weights = network.weights.slice()) =>
      values(initialWeights({ ...network, weights }, seed, name)['a']!);
    assert.deepEqual(first(1, 'G'), first(1, 'G', network.weights.slice().reverse()));
    assert.notDeepEqual(first(1, 'G'), first(2, 'G'));
    assert.notDeepEqual(first(1, 'G'), first(1, 'F'));
  });
});
