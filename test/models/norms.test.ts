import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/graph/compile.js';
import { Graph } from '../../src/engine/graph/recorded-graph.js';
import { record } from '../../src/engine/graph/recorder.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { norm } from '../../src/models/layers.js';
import { batchNorm, instanceNorm, layerNorm, measuringNorms, withNorms } from '../../src/models/norms.js';

before(() => loadTensorFlow());

const noise = (seed: number, shape: number[]) => randomNormal(shape as never, randomKey(seed, 0));
const inputs = () => [noise(1, [2, 3, 4, 2]), noise(2, [2]), noise(3, [2])];
/** The definition in ops that TensorFlow.js can differentiate. */
const definition = (axes: number[]) => (x: Tensor, scale: Tensor, offset: Tensor) => {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), scale), offset);
};
const byDefinition = definition([1, 2]);
const ours = (x: Tensor, scale: Tensor, offset: Tensor): Tensor =>
  instanceNorm(x as Tensor4D, scale as Tensor1D, offset as Tensor1D);
const weighted = (f: typeof ours) => (x: Tensor, scale: Tensor, offset: Tensor) =>
  tf.sum<Scalar>(tf.mul(f(x, scale, offset), noise(4, x.shape)));

describe('instance normalisation', () => {
  test('sets the mean of each channel of each image to the offset and the deviation to the scale', () => {
    const x = tf.add<Tensor4D>(tf.mul(noise(1, [2, 16, 16, 2]), 5), 3);
    const { mean, variance } = tf.moments(instanceNorm(x, tf.tensor1d([2, 3]), tf.tensor1d([-1, 1])), [1, 2]);
    close(mean, tf.tensor2d([[-1, 1], [-1, 1]])); // prettier-ignore
    close(variance, tf.tensor2d([[4, 9], [4, 9]]), 1e-3); // prettier-ignore
  });

  test('has the values and gradients of its definition', () => {
    close(ours(...(inputs() as Triple)), byDefinition(...(inputs() as Triple)));
    const [a, b] = [ours, byDefinition].map((f) => tf.grads(weighted(f))(inputs()));
    a!.forEach((gradient, i) => close(gradient, b![i]!));
  });

  test('can be differentiated twice, as a gradient penalty does', () => {
    const penalty = (f: typeof ours) => (x: Tensor, scale: Tensor, offset: Tensor) =>
      tf.sum<Scalar>(tf.square(tf.grad((z) => weighted(f)(z, scale, offset))(x)));
    const differentiate = (f: typeof ours) => {
      const [x, scale, offset] = inputs() as Triple;
      return tf.grads((x: Tensor, scale: Tensor) => penalty(f)(x, scale, offset))([x, scale]);
    };
    const [a, b] = [differentiate(ours), differentiate(byDefinition)];
    a.forEach((gradient, i) => close(gradient, b[i]!, 1e-3));
    assert.ok(tf.max(tf.abs(a[0]!)).dataSync()[0]! > 0.01);
  });
});

describe('layer normalisation', () => {
  const layer = (x: Tensor, scale: Tensor, offset: Tensor) =>
    layerNorm(x as Tensor4D, scale as Tensor1D, offset as Tensor1D);

  test('has the values and gradients of its definition, and gradients of these', () => {
    const [found, expected] = [layer, definition([1, 2, 3])].map((f) => [
      f(...(inputs() as Triple)),
      ...tf.grads(weighted(f))(inputs()),
      ...tf.grads(penalty(f))(inputs().slice(0, 2)),
    ]);
    found!.forEach((value, i) => close(value, expected![i]!, 1e-3));
  });

  test('takes statistics of other images where they are given', () => {
    const [x, scale, offset] = inputs() as Triple;
    const { result, statistics } = measuringNorms(() => layer(x, scale, offset));
    assert.deepEqual(statistics.map(({ mean }) => mean.shape), [[2, 1, 1, 1]]); // prettier-ignore
    const part = tf.slice(x, [0, 1, 0, 0], [-1, 2, -1, -1]);
    close(
      withNorms(statistics, () => layer(part, scale, offset)),
      tf.slice(result, [0, 1, 0, 0], [-1, 2, -1, -1]),
    );
  });
});

describe('batch normalisation', () => {
  const batch = (x: Tensor, scale: Tensor, offset: Tensor) =>
    batchNorm(x as Tensor4D, scale as Tensor1D, offset as Tensor1D);

  test('has the values and gradients of its definition, and gradients of these', () => {
    const [found, expected] = [batch, definition([0, 1, 2])].map((f) => [
      f(...(inputs() as Triple)),
      ...tf.grads(weighted(f))(inputs()),
      ...tf.grads(penalty(f))(inputs().slice(0, 2)),
    ]);
    found!.forEach((value, i) => close(value, expected![i]!, 1e-3));
  });

  test('equals the formula in a graph, where it is one op forward and one back', () => {
    const everything = (x: Tensor, scale: Tensor, offset: Tensor) => {
      const [inX, inScale, inOffset] = tf.grads(weighted(batch))([x, scale, offset]) as Triple;
      return { y: batch(x, scale, offset), inX, inScale, inOffset };
    };
    const program = compile({
      everything: (_: object, { x, scale, offset }: Record<'x' | 'scale' | 'offset', Tensor>) => ({
        outputs: everything(x, scale, offset),
      }),
    });
    const [x, scale, offset] = inputs() as Triple;
    const [found, expected] = [program.functions.everything({ x, scale, offset }), everything(x, scale, offset)];
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) close(found[name], expected[name], 1e-3);
    program.dispose();
    assert.deepEqual(fusedOps(batch), [1, 1]);
  });

  test('of a network, takes an image by itself where there is no training', () => {
    const layer = norm({ norm: 'batch' }, 'norm', 2);
    const [x, scale, offset] = inputs() as Triple;
    const weights = { 'norm/scale': scale, 'norm/offset': offset };
    close(layer.apply(weights, x as Tensor4D), byDefinition(x, scale, offset));
    close(layer.apply(weights, x as Tensor4D, randomKey(1, 1)), definition([0, 1, 2])(x, scale, offset));
  });
});

/** Sums the squares of the gradients of a weighted sum. */
function penalty(f: typeof ours) {
  return (x: Tensor, scale: Tensor) =>
    tf.sum<Scalar>(tf.square(tf.grad((z) => weighted(f)(z, scale, noise(3, [2])))(x)));
}

/** How many fused ops are recorded forward and back, for two images. */
function fusedOps(f: typeof ours): number[] {
  const graph = new Graph();
  record(graph, { precision: 'float32', fused: true }, (recording) => {
    const input = (name: string, shape: number[]) =>
      recording.symbol(graph.placeholder(name, 'float32', shape), 'float32', shape);
    tf.grads(weighted(f))([input('x', [2, 4, 4, 3]), input('scale', [3]), input('offset', [3])]);
  });
  return ['FusedBatchNormV3', 'FusedBatchNormGradV3'].map(
    (op) => [...graph.nodes].filter((node) => node.op === op).length,
  );
}

describe('instance normalisation in a graph, by TensorFlow’s fused op', () => {
  /** Its value, the gradients of a weighted sum, and those of a penalty on the gradient in x. */
  const everything = (x: Tensor, scale: Tensor, offset: Tensor) => {
    const [inX, inScale, inOffset] = tf.grads(weighted(ours))([x, scale, offset]) as Triple;
    const penalty = (x: Tensor, scale: Tensor) =>
      tf.sum<Scalar>(tf.square(tf.grad((z) => weighted(ours)(z, scale, offset))(x)));
    const [twiceInX, twiceInScale] = tf.grads(penalty)([x, scale]) as [Tensor, Tensor];
    return { y: ours(x, scale, offset), inX, inScale, inOffset, twiceInX, twiceInScale };
  };
  const shapes = [[1, 8, 6, 4], [3, 8, 6, 4], [1, 1, 1, 5], [2, 1, 1, 5], [2, 1, 2, 3]]; // prettier-ignore
  for (const shape of shapes) {
    test(`equals the formula, [${shape.join(', ')}]`, () => {
      const [x, scale, offset] = [noise(1, shape), noise(2, [shape[3]!]), noise(3, [shape[3]!])] as Triple;
      const program = compile({
        everything: (_: object, { x, scale, offset }: Record<'x' | 'scale' | 'offset', Tensor>) => ({
          outputs: everything(x, scale, offset),
        }),
      });
      const [found, expected] = [program.functions.everything({ x, scale, offset }), everything(x, scale, offset)];
      for (const name of Object.keys(expected) as (keyof typeof expected)[]) close(found[name], expected[name], 1e-3);
      program.dispose();
    });
  }

  test('is one op forward and one back for each image', () => {
    assert.deepEqual(fusedOps(ours), [2, 2]);
  });
});

type Triple = [Tensor, Tensor, Tensor];

function close(a: Tensor, b: Tensor, tolerance = 1e-4): void {
  assert.deepEqual(a.shape, b.shape);
  const difference = tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  assert.ok(difference < tolerance, `they differ by ${difference}`);
}
