import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { applyAdam } from '../../../src/engine/apply-adam.js';
import { Graph } from '../../../src/engine/graph/recorded-graph.js';
import { record } from '../../../src/engine/graph/recorder.js';
import { addUpdates } from '../../../src/engine/graph/updates.js';
import { addVariables, readVariables } from '../../../src/engine/graph/variables.js';
import { loadTensorFlow } from '../../../src/engine/native.js';

before(() => loadTensorFlow());

interface State {
  readonly a: Scalar;
  readonly b: Scalar;
  readonly c: Scalar;
}

/** The ops that a function updates the variables with. */
function updatesOf(f: (state: State) => Partial<State>): string[] {
  const graph = new Graph();
  const variables = addVariables(graph, () => ({ a: tf.scalar(1), b: tf.scalar(2), c: tf.scalar(3) }));
  return record(graph, { precision: 'float32', fused: true }, (recording) => {
    const found = readVariables(recording, variables);
    const returned = { results: f(found.tree as State), outputs: [] };
    const nodes = addUpdates(recording, variables.list, found, returned, 'f');
    const all = [...graph.nodes];
    return nodes.map((name) => {
      const { op, inputs } = all.find((node) => node.name === name)!;
      return `${op} ${inputs[0]!}`;
    });
  });
}

describe('a function updates', () => {
  test('no variable that it omits or returns unchanged', () => {
    assert.deepEqual(updatesOf(() => ({})), []); // prettier-ignore
    assert.deepEqual(updatesOf((state) => state), []); // prettier-ignore
  });

  test('variables for which it returns another value', () => {
    assert.deepEqual(
      updatesOf(({ a, c }) => ({ a, b: a, c: tf.add(c, 1) })),
      ['AssignVariableOp variable/b', 'AssignVariableOp variable/c'],
    );
  });

  test('weight and means of Adam by one op', () => {
    const one = tf.scalar(1);
    const rates = { learningRate: one, beta1: one, beta2: one, beta1Power: one, beta2Power: one, epsilon: one };
    const adam = ({ a, b, c }: State) => {
      const { weight, m, v } = applyAdam({ weight: a, m: b, v: c }, tf.scalar(1), rates);
      return { a: weight, b: m, c: v } as State;
    };
    assert.deepEqual(updatesOf(adam), ['ResourceApplyAdam variable/a']);
  });
});
