import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor, leavesOf, replaceLeaves } from '../../engine/graph/tensor-trees.js';
import type { Computed, ImageBatch, TensorTree } from '../../registry/kinds/method.js';

/**
 * Gradient accumulation: the gradients of a step are the mean over the parts of its batch, computed one after the other, so that the memory
 * is that of one part. Losses are means over images, so this is the gradient of the whole batch for networks that treat each image by
 * itself; dropout masks and penalties draw other numbers than they would for the whole batch.
 */

/** Part `index` of `count` equal parts of a batch. The caller owns it. */
export function partOf({ x, y }: ImageBatch, index: number, count: number): ImageBatch {
  if (count === 1) return { x: tf.clone(x), y: tf.clone(y) };
  const size = x.shape[0] / count;
  const rows = (images: ImageBatch['x']) => tf.slice4d(images, [index * size, 0, 0, 0], [size, -1, -1, -1]);
  return { x: rows(x), y: rows(y) };
}

/** The seed of a part, taken modulo 2^32: each part draws numbers of its own, and the first those of a step without accumulation. */
export function seedOfPart(seed: number, index: number): number {
  return (seed + Math.imul(index, 0x165667b1)) | 0;
}

/** A step's gradients, one part at a time, eagerly. What is carried on, such as a pool of images, goes through the parts in their order. */
export function accumulated(
  state: TensorTree,
  parts: number,
  compute: (state: TensorTree, index: number) => Computed,
): Computed {
  let sum: Computed | undefined;
  for (let index = 0; index < parts; index++) {
    const part = compute({ ...state, ...sum?.carried }, index);
    sum = sum === undefined ? part : { ...part, ...added(sum, part) };
  }
  const { gradients, losses, carried } = sum!;
  const mean = { gradients: scaled(gradients, 1 / parts), losses: scaled(losses, 1 / parts), carried };
  tf.dispose([gradients, losses]);
  return mean;
}

/** The sums of gradients and losses; disposes of the terms, and of what was carried before. */
function added(sum: Computed, part: Computed): Pick<Computed, 'gradients' | 'losses'> {
  const both = (name: 'gradients' | 'losses') => sumOf(sum[name], part[name]);
  const sums = { gradients: both('gradients'), losses: both('losses') } as Pick<Computed, 'gradients' | 'losses'>;
  tf.dispose([sum.gradients, sum.losses, part.gradients, part.losses]);
  const kept = new Set(leavesOf(part.carried, isTensor).values());
  for (const tensor of leavesOf(sum.carried, isTensor).values()) if (!kept.has(tensor)) tensor.dispose();
  return sums;
}

/** The sum of two equal trees. */
export function sumOf<T extends object>(a: T, b: T): T {
  const others = leavesOf(b, isTensor);
  return replaceLeaves(a, isTensor, (path, tensor) => tf.add<Tensor>(tensor, others.get(path)!)) as T;
}

/** A tree times a number. */
export function scaled<T extends object>(tree: T, by: number): T {
  return replaceLeaves(tree, isTensor, (_, tensor) => tf.mul<Tensor>(tensor, by)) as T;
}
