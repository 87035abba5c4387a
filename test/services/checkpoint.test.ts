import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/graph/compile.js';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { temporaryPrefix } from '../engine/graph/rig.js';
import { runPython } from './python.js';

before(() => loadTensorFlow());

interface Model {
  readonly G: { readonly 'conv/kernel': Tensor; readonly odd: Tensor };
  readonly steps: Scalar;
  readonly flags: readonly Tensor[];
}

test('Python reads names, shapes, types and every bit of a checkpoint that a program saves', (t) => {
  const program = compile(
    {
      step: ({ G, steps }: Model) => ({
        variables: { G: { 'conv/kernel': tf.tanh(G['conv/kernel']) }, steps: tf.add(steps, tf.scalar(1, 'int32')) },
      }),
    },
    {
      variables: (): Model => ({
        G: {
          'conv/kernel': randomNormal([3, 3, 4, 8], randomKey(1, 2)),
          odd: tf.tensor1d([NaN, Infinity, -0, 1e-45, 0.1]),
        },
        steps: tf.scalar(40, 'int32'),
        flags: [tf.tensor1d([true, false], 'bool'), tf.zeros([0, 3])],
      }),
    },
  );
  program.functions.step();
  program.functions.step();
  const prefix = temporaryPrefix(t);
  program.save(prefix);

  const found = runPython<Record<string, object>>('read_checkpoint.py', prefix);
  const expected = [...leavesOf(program.read(), isTensor)].map(
    ([name, tensor]) => [name, description(tensor)] as const,
  );
  assert.deepEqual(found, Object.fromEntries(expected));
  assert.deepEqual(Object.keys(found).sort(), ['G/conv/kernel', 'G/odd', 'flags/0', 'flags/1', 'steps']);
});

function description(tensor: Tensor) {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return {
    shape: tensor.shape,
    dtype: tensor.dtype,
    bytes: Buffer.from(buffer, byteOffset, byteLength).toString('hex'),
  };
}
