import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { Graph } from '../../../src/engine/graph/recorded-graph.js';
import { record } from '../../../src/engine/graph/recorder.js';
import { Session } from '../../../src/engine/graph/session.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { randomKey, randomNormal } from '../../../src/engine/random-tensors.js';
import type { Convolutions } from '../../../src/support/processor.js';

before(() => loadTensorFlow());

type Sides = [number, number, number, number];
type Shapes = readonly [Sides, Sides];
const noise = (seed: number, shape: Sides): Tensor4D => randomNormal<tf.Rank.R4>(shape, randomKey(seed, 0));

/** An op on two images as a graph computes it on a processor, beside TensorFlow's own, and the graph's ops. */
function traced(convolutions: Convolutions | undefined, op: (a: Tensor4D, b: Tensor4D) => Tensor4D, shapes: Shapes) {
  const graph = new Graph();
  const ref = record(graph, { precision: 'float32', fused: true, convolutions }, (recording) => {
    const input = (name: string, shape: Sides) =>
      recording.symbol(graph.placeholder(name, 'float32', shape), 'float32', shape) as Tensor4D;
    return recording.refs([op(input('a', shapes[0]), input('b', shapes[1]))])[0]!;
  });
  const nodes = graph.needed([ref]);
  const session = new Session(nodes);
  const feeds = { a: noise(1, shapes[0]), b: noise(2, shapes[1]) };
  const [found] = session.run(feeds, [ref]);
  session.dispose();
  const expected = op(feeds.a, feeds.b);
  const difference = tf.max(tf.abs(tf.sub(found!, expected))).dataSync()[0]!;
  const largest = tf.max(tf.abs(expected)).dataSync()[0]!;
  return {
    ops: nodes.map(({ op }) => op),
    shape: found!.shape,
    expected: expected.shape,
    difference: difference / largest,
  };
}

type Padding = 'same' | 'valid';

const convolve = (convolutions: Convolutions | undefined, shapes: Shapes, padding: Padding = 'valid', stride = 1) =>
  traced(convolutions, (image, filter) => tf.conv2d(image, filter, stride, padding), shapes);

/** The gradient with respect to the filter, from an image and the gradients of its results. */
function filterGradient(
  convolutions: Convolutions | undefined,
  [image, filter]: Shapes,
  padding: Padding = 'valid',
  stride = 1,
) {
  const side = (at: 1 | 2) => Math.ceil((image[at] - (padding === 'valid' ? filter[at - 1]! - 1 : 0)) / stride);
  const results: Sides = [image[0], side(1), side(2), filter[3]];
  // TF.js exports the op only from the file that defines it; the gradient of a convolution records it.
  const gradient = (x: Tensor4D, dy: Tensor4D) =>
    tf.grad((w) => tf.conv2d(x, w as Tensor4D, stride, padding))(tf.zeros(filter), dy) as Tensor4D;
  return traced(convolutions, gradient, [image, results]);
}

/** Patches of 66 x 66 pixels have a million numbers and more. */
const LARGE: Shapes = [[1, 66, 66, 64], [3, 3, 64, 32]]; // prettier-ignore

describe('a convolution of a large image', () => {
  test('is the gradient of an image on AVX2, with the same result', () => {
    const { ops, difference } = convolve('avx2', LARGE);
    assert.ok(ops.includes('Conv2DBackpropInput') && !ops.includes('Conv2D'), ops.join());
    assert.ok(difference < 1e-4, `${difference}`);
    for (const convolutions of ['avx512', undefined] as const) assert.ok(convolve(convolutions, LARGE).ops.includes('Conv2D')); // prettier-ignore
  });

  test('has the padding of TensorFlow, also of sides and kernels that are even, and of batches', () => {
    for (const side of [3, 4]) {
      for (const padding of ['same', 'valid'] as const) {
        const sizes = [[2, 61, 52, 32], [side, side + 1, 32, 6]] as const; // prettier-ignore
        const { ops, shape, expected, difference } = convolve('avx2', sizes as never, padding);
        assert.ok(ops.includes('Conv2DBackpropInput'), ops.join());
        assert.deepEqual(shape, expected);
        assert.ok(difference < 1e-4, `${side}, ${padding}: ${difference}`);
      }
    }
  });

  test('to a few channels is one on every processor with oneDNN’s kernels', () => {
    const sizes: Shapes = [[1, 70, 70, 64], [7, 7, 64, 3]]; // prettier-ignore
    for (const convolutions of ['avx2', 'avx512'] as const) {
      const { ops, difference } = convolve(convolutions, sizes);
      assert.ok(ops.includes('Conv2DBackpropInput'), ops.join());
      assert.ok(difference < 1e-4, `${difference}`);
    }
    assert.ok(convolve(undefined, sizes).ops.includes('Conv2D'));
  });
});

describe('the gradient with respect to the filter, of a large image', () => {
  test('is a product for each place of the filter on AVX2, with the same result', () => {
    const { ops, difference } = filterGradient('avx2', LARGE);
    assert.equal(ops.filter((op) => op === 'MatMul').length, 9);
    assert.ok(!ops.includes('Conv2DBackpropFilter') && !ops.includes('Pad'), ops.join());
    assert.ok(difference < 1e-4, `${difference}`);
    for (const convolutions of ['avx512', undefined] as const) {
      assert.ok(filterGradient(convolutions, LARGE).ops.includes('Conv2DBackpropFilter'));
    }
  });

  test('has the padding of TensorFlow, also of sides and kernels that are even, and of batches', () => {
    for (const side of [3, 4]) {
      for (const padding of ['same', 'valid'] as const) {
        const sizes = [[2, 61, 52, 32], [side, side + 1, 32, 16]] as const; // prettier-ignore
        const { ops, shape, expected, difference } = filterGradient('avx2', sizes as never, padding);
        assert.equal(ops.filter((op) => op === 'MatMul').length, side * (side + 1));
        assert.deepEqual(shape, expected);
        assert.ok(difference < 1e-4, `${side}, ${padding}: ${difference}`);
      }
    }
  });
});

test('a small image, a large filter, an image of few channels and a stride keep the convolution', () => {
  const sizes: readonly [Shapes, number][] = [
    [[[1, 18, 18, 64], [3, 3, 64, 64]], 1],
    [[[1, 34, 34, 128], [4, 4, 128, 512]], 1],
    [[[1, 130, 130, 3], [7, 7, 3, 64]], 1],
    [[[1, 130, 130, 64], [3, 3, 64, 64]], 2],
  ]; // prettier-ignore
  for (const [shapes, stride] of sizes) {
    assert.ok(convolve('avx2', shapes, 'valid', stride).ops.includes('Conv2D'));
    assert.ok(filterGradient('avx2', shapes, 'valid', stride).ops.includes('Conv2DBackpropFilter'));
  }
});
