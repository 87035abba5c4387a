import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { problemOf, values } from './rig.js';

before(() => loadTensorFlow());

type X = { readonly x: Tensor };

describe('a tensor from outside that a traced function uses', () => {
  test('is a constant there, and intact outside, also after another trace', () => {
    const before = tf.memory();
    const constants = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4], 'int32'), tf.tensor1d([true, false], 'bool')] as const;
    const [a, b, truth] = constants;
    const made = tf.memory();
    const program = compile({
      f: (_: object, { x }: X) => ({ outputs: { y: tf.where(truth, tf.add(x, a), tf.cast(b, 'float32')) } }),
    });
    const call = (x: Tensor) => tf.tidy(() => values(program.functions.f({ x }).y));
    assert.deepEqual(call(tf.tensor1d([10, 10])), [11, 4]);
    assert.deepEqual(constants.map(values), [[1, 2], [3, 4], [1, 0]]); // prettier-ignore
    assert.deepEqual(values(tf.add(a, tf.cast(b, 'float32'))), [4, 6]);
    assert.deepEqual(call(tf.tensor2d([[20, 20]])), [21, 4]);
    assert.equal(program.traces, 2);
    assert.deepEqual(constants.map(values), [[1, 2], [3, 4], [1, 0]]); // prettier-ignore
    tf.tidy(() => assert.deepEqual(values(tf.concat([a, a])), [1, 2, 1, 2]));
    tf.dispose([...constants]);
    tf.disposeVariables();
    assert.ok(made.numTensors - before.numTensors === 3);
  });

  test('costs no tensors', () => {
    const outside = tf.tensor1d([1, 2]);
    const before = tf.memory();
    const program = compile({ f: () => ({ outputs: { outside, sum: tf.sum(outside) } }) });
    const outputs = program.functions.f();
    assert.deepEqual([values(outputs.outside), values(outputs.sum)], [[1, 2], [3]]);
    tf.dispose(outputs);
    program.dispose();
    assert.deepEqual([tf.memory().numTensors, tf.memory().numBytes], [before.numTensors, before.numBytes]);
    assert.deepEqual(values(tf.square(outside)), [1, 4]);
  });

  test('may be what a variable starts from, and stays the caller’s', () => {
    const trained = tf.tensor1d([5, 6]);
    const program = compile({}, { variables: () => ({ w: trained }) });
    assert.deepEqual(values(program.read().w), [5, 6]);
    assert.deepEqual(values(trained), [5, 6]);
  });

  test('does not change with the array that it was made of', () => {
    const array = Float32Array.of(1, 2);
    const program = compile({ f: (_: object, { x }: X) => ({ outputs: { y: tf.add(x, tf.tensor1d(array)) } }) }, { inputs: { f: { x: { shape: [2] } } } }); // prettier-ignore
    array.fill(100);
    assert.deepEqual(values(program.functions.f({ x: tf.zeros([2]) }).y), [1, 2]);
  });

  test('made while tracing and kept for later is a constant for all', () => {
    let window: Tensor | undefined;
    const f = (_: object, { x }: X) => {
      window ??= tf.keep(tf.tensor1d([1, 2]));
      return { outputs: { y: tf.mul(x, window) } };
    };
    const x = tf.tensor1d([3, 4]);
    assert.deepEqual(values(compile({ f }).functions.f({ x }).y), [3, 8]);
    assert.deepEqual(values(compile({ f }).functions.f({ x }).y), [3, 8]);
    assert.deepEqual(values(tf.mul(x, window!)), [3, 8]);
  });

  test('must not be a tf.variable, whose changes the graph would not see', () => {
    const w = tf.variable(tf.tensor1d([1, 2]), true, 'my_weight');
    const { message, cure } = problemOf(() => compile({ f: () => ({ outputs: { y: tf.neg(w) } }) }).functions.f());
    assert.match(message, /tf\.variable my_weight.*captured\.test\.ts:\d+:\d+/);
    assert.match(cure!, /the program’s variables/);
    assert.deepEqual(values(tf.neg(w)), [-1, -2]);
    w.dispose();
  });
});
