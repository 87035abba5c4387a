import * as tf from '@tensorflow/tfjs-core';
import { compile } from './compile.js';
import { isTensor, replaceLeaves, type Tree } from './tensor-trees.js';

/**
 * Writes tensors as a TensorFlow checkpoint, each under its path in the tree: `<prefix>.index` and `<prefix>.data-00000-of-00001`.
 * Python reads it with `tf.train.load_checkpoint(prefix)`.
 */
export function writeVariables<V extends Tree<V>>(prefix: string, values: V): void {
  const zeros = () => replaceLeaves(values, isTensor, (_, { shape, dtype }) => tf.zeros(shape, dtype)) as V;
  const program = compile({}, { variables: zeros });
  try {
    program.assign(values);
    program.save(prefix);
  } finally {
    program.dispose();
  }
}

/**
 * Reads tensors from a TensorFlow checkpoint, which may contain others, too.
 *
 * @param like returns a tree with the names, shapes and types of the tensors to read; it is traced, not computed
 * @returns tensors that the caller owns
 * @throws Error when the files are missing, damaged or lack a tensor
 */
export function readVariables<V extends Tree<V>>(prefix: string, like: () => V): V {
  const program = compile({}, { variables: like });
  try {
    program.restore(prefix);
    return program.read();
  } finally {
    program.dispose();
  }
}
