import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { inBatches } from '../../../src/evaluation/extractors/in-batches.js';

before(() => loadTensorFlow());

/** Images of one pixel: 0, 1, 2... */
const numbered = (count: number) => tf.tensor4d([...Array(count).keys()], [count, 1, 1, 1]);
const asRows = (batch: tf.Tensor4D) => ({ features: tf.reshape<tf.Rank.R2>(batch, [-1, 1]) });

describe('a network on images in batches', () => {
  for (const count of [1, 2, 3, 16, 17, 40]) {
    test(`gives the features of ${count} images in their order, from batches of a few sizes`, () => {
      const sizes: number[] = [];
      const { features, logits } = inBatches(numbered(count), (batch) => (sizes.push(batch.shape[0]), asRows(batch)));
      assert.deepEqual([...features.dataSync()], [...Array(count).keys()]);
      assert.equal(logits, undefined);
      assert.ok(
        sizes.every((size) => [1, 2, 4, 8, 16].includes(size)),
        sizes.join(),
      );
    });
  }

  test('gives the logits, too, and keeps no other tensor', () => {
    const images = numbered(21);
    const before = tf.memory().numTensors;
    const { features, logits } = inBatches(images, (batch) => ({
      ...asRows(batch),
      logits: tf.neg(asRows(batch).features),
    }));
    assert.equal(tf.memory().numTensors, before + 2);
    assert.deepEqual([...logits!.dataSync()].map((value) => 0 - value), [...features.dataSync()]); // prettier-ignore
  });
});
