import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { Graph } from '../../../src/engine/graph/recorded-graph.js';
import { floatOf, typeOf, type GraphNode } from '../../../src/engine/graph/graph-def.js';
import { record } from '../../../src/engine/graph/recorder.js';
import { Session } from '../../../src/engine/graph/session.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { values } from './rig.js';

before(() => loadTensorFlow());

const T = { T: typeOf('float32') };
const options = { precision: 'float32', fused: true } as const;
const count = (graph: Graph, op: string) => [...graph.nodes].filter((node) => node.op === op).length;
const node = (graph: Graph, name: string): GraphNode => [...graph.nodes].find((node) => node.name === name)!;

describe('a graph', () => {
  test('contains equal ops once, including passes through a network', () => {
    const graph = new Graph();
    record(graph, options, (recording) => {
      const x = recording.symbol(graph.placeholder('x', 'float32', [2, 3]), 'float32', [2, 3]);
      const layer = () => tf.tanh(tf.matMul(x, tf.fill([3, 3], 0.5)));
      const [once, again] = recording.refs([layer(), layer()]);
      assert.equal(once, again);
    });
    assert.deepEqual([count(graph, 'BatchMatMulV2'), count(graph, 'Tanh')], [1, 1]);
  });

  test('distinguishes ops by inputs, their order, attributes, and numbers that JSON cannot represent', () => {
    const graph = new Graph();
    const [a, b] = [graph.placeholder('a', 'float32', []), graph.placeholder('b', 'float32', [])];
    const names = [
      graph.add('Sub', [a, b], T),
      graph.add('Sub', [b, a], T),
      ...[0, -0, NaN, Infinity, -Infinity, 1].map((alpha) =>
        graph.add('LeakyRelu', [a], { ...T, alpha: floatOf(alpha) }),
      ),
      ...[0, -0, NaN].map((value) => graph.constant('float32', [], Float32Array.of(value))),
      graph.constant('int32', [], Int32Array.of(0)),
      graph.constant('int32', [1], Int32Array.of(0)),
    ];
    assert.equal(new Set(names).size, names.length);
  });

  test('never merges ops with an effect or with another value each time', () => {
    const graph = new Graph();
    const variable = graph.variable('v', 'float32', []);
    const value = graph.constant('float32', [], Float32Array.of(1));
    assert.notEqual(graph.assign(variable, value), graph.assign(variable, value));
    assert.notEqual(graph.placeholder('x', 'float32', []), graph.placeholder('x', 'float32', []));
  });

  test('writes a uniform constant as a Fill, and keeps minus zeros', () => {
    const graph = new Graph();
    assert.equal(node(graph, graph.constant('float32', [1000], new Float32Array(1000).fill(3))).op, 'Fill');
    assert.equal(node(graph, graph.constant('float32', [1000], new Float32Array(1000).with(5, -0))).op, 'Const');
  });

  test('copies the arrays of constants, which the caller may overwrite', () => {
    const graph = new Graph();
    const array = Float32Array.of(1, 2);
    const { attributes } = node(graph, graph.constant('float32', [2], array));
    array.fill(7);
    const { value } = attributes['value']!;
    assert.deepEqual((value as { readonly values: Float32Array }).values, Float32Array.of(1, 2));
  });

  test('gives every node a unique name that TensorFlow accepts', () => {
    const graph = new Graph();
    const names = ['a b', 'a_b', 'a_b_1', 'ä', '_x', 'G/conv:0', 'a b'].map((wish) => graph.reserve(wish));
    names.push(graph.placeholder('a_b', 'float32', []));
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[A-Za-z0-9.][A-Za-z0-9_./-]*$/);
  });

  test('lists the dependencies of a result in order', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', []);
    const one = graph.add('Neg', [x], T, 'one');
    graph.add('Abs', [x], T, 'unneeded');
    const other = graph.add('Sqrt', [x], T, 'other');
    const sum = graph.add('AddV2', [`${one}:0`, x, `^${other}`], T, 'sum');
    assert.deepEqual(graph.needed([`${sum}:0`]).map(({ name }) => name), ['x', 'one', 'other', 'sum']); // prettier-ignore
    assert.throws(() => graph.needed(['nobody']), /no node nobody/);
  });

  test('returns a zero after the nodes it waits for', () => {
    const graph = new Graph();
    const variable = graph.variable('v', 'float32', []);
    const assigned = graph.assign(variable, graph.constant('float32', [], Float32Array.of(3)));
    const done = graph.done([assigned], 'done');
    const session = new Session(graph.needed([done, graph.read(variable)]));
    const [zero] = session.run({}, [done]);
    assert.deepEqual([zero!.dtype, zero!.shape, values(zero!)], ['float32', [], [0]]);
    assert.deepEqual(values(session.run({}, [graph.read(variable)])[0]!), [3]);
    session.dispose();
  });
});
