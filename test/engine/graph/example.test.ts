import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { readVariables } from '../../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { temporaryPrefix, values } from './rig.js';

before(() => loadTensorFlow());

test('the example of docs/graph.md fits its curve, and leaves its weights to be read', (t) => {
  const prefix = temporaryPrefix(t, 'sine');
  const example = fileURLToPath(new URL('../../../../examples/fit-a-curve.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [example, dirname(prefix)], { encoding: 'utf8' });

  const losses = [...output.matchAll(/^step \d+: loss (\S+)$/gm)].map(([, loss]) => Number(loss));
  assert.equal(losses.length, 5);
  assert.ok(losses.at(-1)! < 1e-3, output);
  const predicted = /^sin of 0, pi\/2, -1: (.*)$/m.exec(output)![1]!.split(', ').map(Number);
  for (const [i, sine] of [0, 1, Math.sin(-1)].entries()) {
    assert.ok(Math.abs(predicted[i]! - sine) < 0.05, output);
  }

  const like = () => ({ weights: { hidden: tf.zeros([1, 32]), bias: tf.zeros([32]), output: tf.zeros([32, 1]) } });
  const { hidden, bias, output: last } = readVariables(prefix, like).weights;
  const y = tf.matMul(tf.tanh(tf.add(tf.matMul(tf.tensor2d([[Math.PI / 2]]), hidden), bias)), last);
  assert.ok(Math.abs(values(y)[0]! - predicted[1]!) < 1e-3);
});
