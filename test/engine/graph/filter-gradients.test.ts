import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { sumFilterGradients } from '../../../src/engine/graph/filter-gradients.js';
import { Graph } from '../../../src/engine/graph/recorded-graph.js';
import type { Precision } from '../../../src/engine/graph/precision.js';
import { record } from '../../../src/engine/graph/recorder.js';
import { Session } from '../../../src/engine/graph/session.js';
import { randomKey, randomNormal } from '../../../src/engine/random-tensors.js';
import { loadForBfloat16 } from './rig.js';

before(() => loadForBfloat16());

const FILTER: [number, number, number, number] = [4, 4, 6, 5];
const noise = (seed: number, shape: number[]): Tensor4D =>
  randomNormal<tf.Rank.R4>(shape as [number, number, number, number], randomKey(seed, 0));
/** A loss that uses a filter on each of the images. */
const loss =
  (images: readonly Tensor4D[], more: (filter: Tensor) => Scalar = () => tf.scalar(0)) =>
  (filter: Tensor): Scalar => {
    const results = images.map((x) => tf.sum<Scalar>(tf.square(tf.conv2d(x, filter as Tensor4D, 2, 'same'))));
    return tf.add(tf.addN(results), more(filter));
  };

/** The gradient in the filter as the graph has it after merging: its value, and how many ops compute it. */
function traced(shapes: readonly number[][], precision: Precision = 'float32', more?: (filter: Tensor) => Scalar) {
  const graph = new Graph();
  const ref = record(graph, { precision, fused: true }, (recording) => {
    const input = (name: string, shape: readonly number[]) =>
      recording.symbol(graph.placeholder(name, 'float32', shape), 'float32', shape);
    const images = shapes.map((shape, i) => input(`x${i}`, shape) as Tensor4D);
    const gradient = tf.grad(loss(images, more))(input('filter', FILTER));
    return sumFilterGradients(graph, recording.refs([gradient])[0]!);
  });
  const nodes = graph.needed([ref]);
  const session = new Session(nodes);
  const feeds = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, noise(i, [...shape])]));
  const [value] = session.run({ ...feeds, filter: noise(9, FILTER) }, [ref]);
  session.dispose();
  return { value: value!, count: (op: RegExp) => nodes.filter((node) => op.test(node.op)).length };
}

const eager = (shapes: readonly number[][], more?: (filter: Tensor) => Scalar) =>
  tf.grad(
    loss(
      shapes.map((shape, i) => noise(i, [...shape])),
      more,
    ),
  )(noise(9, FILTER));

/** Fewer numbers than the filter has, with what comes out of it; and more. */
const [SMALL, LARGE] = [
  [1, 4, 4, 6],
  [1, 32, 32, 6],
];

describe('the sum of a filter’s gradients', () => {
  test('is one op over all passes if the filter is larger than the images', () => {
    const { value, count } = traced([SMALL, SMALL, SMALL]);
    close(value, eager([SMALL, SMALL, SMALL]));
    assert.equal(count(/^Conv2DBackpropFilter$/), 1);
    assert.equal(count(/^Add(N|V2)$/), 0);
  });

  test('stays one op per pass, added up at once, if the images are larger', () => {
    const { value, count } = traced([LARGE, LARGE, LARGE]);
    close(value, eager([LARGE, LARGE, LARGE]));
    assert.equal(count(/^Conv2DBackpropFilter$/), 3);
    assert.equal(count(/^AddN$/), 1);
  });

  test('merges only images of one size, of any number', () => {
    const shapes = [SMALL, [2, 4, 4, 6], [1, 6, 4, 6], SMALL];
    const { value, count } = traced(shapes);
    close(value, eager(shapes));
    assert.equal(count(/^Conv2DBackpropFilter$/), 2);
  });

  test('keeps other ops that depend on the filter', () => {
    const decay = (filter: Tensor) => tf.mul<Scalar>(tf.sum(tf.square(filter)), 0.5);
    const { value, count } = traced([SMALL, SMALL], 'float32', decay);
    close(value, eager([SMALL, SMALL], decay));
    assert.equal(count(/^Conv2DBackpropFilter$/), 1);
  });

  test('stays unchanged if merging saves nothing', () => {
    const { value, count } = traced([LARGE, LARGE]);
    close(value, eager([LARGE, LARGE]));
    assert.deepEqual([count(/^Conv2DBackpropFilter$/), count(/^Add(V2)?$/), count(/^AddN$/)], [2, 1, 0]);
  });

  test('counts a gradient that is added to itself twice, and computes it once', () => {
    const [x, dy] = [noise(0, SMALL), noise(1, [1, 2, 2, 5])];
    const gradient = (x: Tensor4D, dy: Tensor4D): Tensor =>
      tf.grad((filter: Tensor) => tf.sum(tf.mul(tf.conv2d(x, filter as Tensor4D, 2, 'same'), dy)))(noise(9, FILTER));
    const graph = new Graph();
    const ref = record(graph, { precision: 'float32', fused: true }, (recording) => {
      const symbol = (name: string, { shape }: Tensor4D) =>
        recording.symbol(graph.placeholder(name, 'float32', shape), 'float32', shape) as Tensor4D;
      const once = gradient(symbol('x', x), symbol('dy', dy));
      return sumFilterGradients(graph, recording.refs([tf.add(once, once)])[0]!);
    });
    const nodes = graph.needed([ref]);
    const session = new Session(nodes);
    const [value] = session.run({ x, dy }, [ref]);
    session.dispose();
    close(value!, tf.mul(gradient(x, dy), 2));
    assert.ok(!nodes.some(({ op }) => op === 'ConcatV2'));
  });

  test('takes time in proportion to the number of nested sums, for any number of uses', () => {
    const graph = new Graph();
    const sums = (n: number, next: (sum: Tensor, x: Tensor) => Tensor) =>
      record(graph, { precision: 'float32', fused: true }, (recording) => {
        const x = recording.symbol(graph.placeholder('x', 'float32', [2]), 'float32', [2]);
        let sum = tf.neg(x);
        for (let i = 0; i < n; i++) sum = next(sum, x);
        const [ref] = recording.refs([sum]);
        return { ref: ref!, result: sumFilterGradients(graph, ref!) };
      });
    const doubled = sums(5000, (sum) => tf.add(sum, sum));
    assert.equal(doubled.result, doubled.ref);
    const { result } = sums(20_000, (sum, x) => tf.add(sum, x));
    assert.deepEqual([graph.node(result)!.op, graph.node(result)!.inputs.length], ['AddN', 20_001]);
  });

  test('of int32 stays unchanged', () => {
    const graph = new Graph();
    record(graph, { precision: 'float32', fused: true }, (recording) => {
      const x = recording.symbol(graph.placeholder('x', 'int32', [2]), 'int32', [2]);
      const [ref] = recording.refs([tf.add(tf.add(x, x), tf.add(x, tf.add(x, x)))]);
      assert.equal(sumFilterGradients(graph, ref!), ref);
    });
  });

  test('is merged in bfloat16, too', () => {
    const { value, count } = traced([SMALL, SMALL, SMALL], 'bfloat16');
    close(value, eager([SMALL, SMALL, SMALL]), 0.02);
    assert.equal(count(/^Conv2DBackpropFilter$/), 1);
  });
});

function close(found: Tensor, expected: Tensor, tolerance = 1e-5): void {
  assert.deepEqual(found.shape, expected.shape);
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  assert.ok(difference! < tolerance * size!, `${difference! / size!} of its size apart`);
}
