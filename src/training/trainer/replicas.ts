import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isTensor, leavesOf, replaceLeaves } from '../../engine/graph/tensor-trees.js';
import { asReplica } from '../../engine/replicas.js';
import type { Computed, DrawClock, ImageBatch, Method, TensorTree } from '../../registry/kinds/method.js';

/** The devices of the replicas, one each: `/device:GPU:1`, or undefined where TensorFlow chooses. */
export type Replicas = readonly (string | undefined)[];

/**
 * What a method computes of a batch, by replicas that each take a part of it: data parallelism. Losses are means over images, so the mean of
 * the replicas' gradients is that of the whole batch, as if one device had computed it. Reads the weights from where they are stored, and
 * averages there.
 *
 * @param batch [b, s, s, c], where b is a multiple of the number of replicas
 * @returns tensors that the caller owns
 */
export function gradientsByReplicas<State extends TensorTree, Carried extends TensorTree>(
  method: Method<State, Carried>,
  state: State,
  batch: ImageBatch,
  clock: DrawClock,
  replicas: Replicas,
): Computed<Carried> {
  const size = batch.x.shape[0] / replicas.length;
  const parts: Computed<Carried>[] = [];
  for (const [index, device] of replicas.entries()) {
    const own = { index, count: replicas.length, batch: size, ...(device !== undefined && { device }) };
    // What is carried on, such as a pool of images, goes through the replicas in the order of their images.
    const from = { ...state, ...parts.at(-1)?.carried };
    parts.push(asReplica(own, () => gradientsOfPart(method, from, batch, clock, index * size, size)));
  }
  const carried = parts.at(-1)!.carried;
  const [gradients, losses] = [meanOf(parts.map((part) => part.gradients)), meanOf(parts.map((part) => part.losses))];
  tf.dispose(parts.map((part) => [part.gradients, part.losses]));
  const kept = new Set(leavesOf(carried, isTensor).values());
  for (const part of parts)
    for (const tensor of leavesOf(part.carried, isTensor).values()) if (!kept.has(tensor)) tensor.dispose();
  return { gradients, losses: losses, carried };
}

function gradientsOfPart<State extends TensorTree, Carried extends TensorTree>(
  method: Method<State, Carried>,
  state: State,
  { x, y }: ImageBatch,
  clock: DrawClock,
  from: number,
  size: number,
): Computed<Carried> {
  const rows = (images: Tensor4D) => tf.slice4d(images, [from, 0, 0, 0], [size, -1, -1, -1]);
  const part = { x: rows(x), y: rows(y) };
  const computed = method.gradients(state, part, clock);
  tf.dispose(part);
  return computed;
}

/** The mean of each tensor over equal trees. */
function meanOf<T extends object>(trees: readonly T[]): T {
  const each = trees.map((tree) => leavesOf(tree, isTensor));
  return replaceLeaves(trees[0]!, isTensor, (path) =>
    tf.tidy(() => tf.mul<Tensor>(tf.addN(each.map((leaves) => leaves.get(path)!)), 1 / trees.length)),
  ) as T;
}
