import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { Graph } from '../../../src/engine/graph/recorded-graph.js';
import { openSavedModel } from '../../../src/engine/graph/open-saved-model.js';
import { encodeSavedModel } from '../../../src/engine/graph/encode-saved-model.js';
import { addNamedVariable, addSaver } from '../../../src/engine/graph/saver.js';
import { readVariables, writeVariables } from '../../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { temporaryPrefix, values } from './rig.js';

before(() => loadTensorFlow());

const zeros = () => ({ kernel: tf.zeros([2]), bias: tf.zeros([3]) });

/** A SavedModel of two variables, and what its nodes are called. */
function saved(t: TestContext) {
  const dir = dirname(temporaryPrefix(t));
  const graph = new Graph();
  const variables = [addNamedVariable(graph, 'kernel', [2]), addNamedVariable(graph, 'bias', [3])];
  const [kernel, bias] = variables.map((variable) => graph.read(variable));
  const { saver, variables: defs } = addSaver(graph, variables);
  mkdirSync(join(dir, 'variables'));
  writeVariables(join(dir, 'variables', 'variables'), { kernel: tf.tensor1d([1, 2]), bias: tf.tensor1d([3, 4, 5]) });
  writeFileSync(join(dir, 'saved_model.pb'), encodeSavedModel({ nodes: graph.nodes, saver, variables: defs }));
  return { dir, saver, refs: [`${kernel!}:0`, `${bias!}:0`] };
}

test('a SavedModel’s loader restores each variable from the tensor of its name', (t) => {
  const { dir, refs } = saved(t);
  const model = openSavedModel(dir);
  const [kernel, bias] = model.run({}, refs);
  assert.deepEqual([values(kernel!), values(bias!)], [[1, 2], [3, 4, 5]]); // prettier-ignore
  model.dispose();
});

test('a SavedModel’s saver writes the variables to a checkpoint with the same names', (t) => {
  const { dir, saver } = saved(t);
  const model = openSavedModel(dir);
  const prefix = temporaryPrefix(t);
  model.run({ [`${saver.filename}:0`]: tf.scalar(prefix, 'string') }, [`${saver.save}:0`]);
  const { kernel, bias } = readVariables(prefix, zeros);
  assert.deepEqual([values(kernel), values(bias)], [[1, 2], [3, 4, 5]]); // prettier-ignore
  model.dispose();
});
