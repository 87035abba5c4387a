import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { problemOf, values } from './rig.js';

before(() => loadTensorFlow());

type X = { readonly x: Tensor };

describe('an outside tensor that a traced function uses', () => {
  test('is a constant there and stays intact outside, also after another trace', () => {
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

  test('leaks no tensors', () => {
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

  test('can be the initial value of a variable, and stays the caller’s', () => {
    const trained = tf.tensor1d([5, 6]);
    const program = compile({}, { variables: () => ({ w: trained }) });
    assert.deepEqual(values(program.read().w), [5, 6]);
    assert.deepEqual(values(trained), [5, 6]);
  });

  test('does not change with the array it was created from', () => {
    const array = Float32Array.of(1, 2);
    const program = compile({ f: (_: object, { x }: X) => ({ outputs: { y: tf.add(x, tf.tensor1d(array)) } }) }, { inputs: { f: { x: { shape: [2] } } } }); // prettier-ignore
    array.fill(100);
    assert.deepEqual(values(program.functions.f({ x: tf.zeros([2]) }).y), [1, 2]);
  });

  test('is a constant everywhere if it was created while tracing and kept', () => {
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

  test('must not be a tf.variable, whose changes the graph would miss', () => {
    const w = tf.variable(tf.tensor1d([1, 2]), true, 'my_weight');
    const { message, cure } = problemOf(() => compile({ f: () => ({ outputs: { y: tf.neg(w) } }) }).functions.f());
    assert.match(message, /tf\.variable my_weight.*captured\.test\.ts:\d+:\d+/);
    assert.match(cure!, /the program’s variables/);
    assert.deepEqual(values(tf.neg(w)), [-1, -2]);
    w.dispose();
  });

  test('must not be a tf.variable in a second trace, either', () => {
    const w = tf.variable(tf.tensor1d([1, 2]), true, 'my_weight');
    const program = compile({ f: () => ({ outputs: { y: tf.neg(w) } }) });
    for (let i = 0; i < 3; i++) assert.match(problemOf(() => program.functions.f()).message, /tf\.variable my_weight/);
    assert.deepEqual(values(w), [1, 2]);
    for (let i = 0; i < 2; i++) assert.match(problemOf(() => program.functions.f()).message, /tf\.variable my_weight/);
    w.dispose();
  });
});

describe('a tf.variable that a traced function', () => {
  /** What is said about it. */
  const refused = (f: (x: Tensor) => Tensor): string => {
    const inputs = { f: { x: { shape: [2] } } };
    return problemOf(() => compile({ f: (_: object, { x }: X) => ({ outputs: { y: f(x) } }) }, { inputs })).message;
  };

  test('writes to is restored, and the function is refused', () => {
    const outside = tf.tensor1d([5, 6]);
    const [w, other] = [tf.variable(tf.tensor1d([1, 2]), true, 'written'), tf.variable(tf.tensor1d([3, 4]), true)];
    const { numTensors } = tf.memory();
    const WAYS: readonly ((x: Tensor) => Tensor)[] = [
      (x) => (w.assign(tf.mul(x, 2)), x),
      (x) => (w.assign(tf.tensor1d([3, 4])), x),
      (x) => (w.assign(outside), x),
      (x) => (w.assign(other), x),
    ];
    for (const way of WAYS) {
      for (let i = 0; i < 2; i++) assert.match(refused(way), /(writes to|uses) the tf\.variable /);
      assert.deepEqual([w, other, outside].map(values), [[1, 2], [3, 4], [5, 6]]); // prettier-ignore
      assert.equal(tf.memory().numTensors, numTensors);
    }
    w.assign(tf.tensor1d([9, 9]));
    assert.deepEqual(values(tf.neg(w)), [-9, -9]);
    tf.dispose([w, other]);
    assert.deepEqual(values(outside), [5, 6]);
  });

  test('writes to before it fails is restored', () => {
    const w = tf.variable(tf.tensor1d([1, 2]), true, 'written');
    const f = (x: Tensor): Tensor => {
      w.assign(tf.neg(x) as never);
      throw new Error('by itself');
    };
    assert.throws(() => refused(f), /by itself/);
    assert.deepEqual(values(w), [1, 2]);
    w.dispose();
  });

  test('creates is disposed of, and the function is refused', () => {
    const outside = tf.tensor1d([5, 6]);
    const { numTensors } = tf.memory();
    for (const value of [(x: Tensor) => tf.neg(x), () => tf.tensor1d([1]), () => outside]) {
      assert.match(refused((x) => (tf.variable(value(x), true, 'mine'), x)), /(makes|uses) the tf\.variable mine/); // prettier-ignore
      assert.equal(tf.memory().numTensors, numTensors);
    }
    assert.deepEqual(values(outside), [5, 6]);
  });
});
