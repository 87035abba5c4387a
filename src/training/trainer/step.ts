import * as tf from '@tensorflow/tfjs-core';
import { learningRates } from '../../optimizers/learning-rate.js';
import type { LearningRate } from '../../registry/kinds/objective.js';
import { perNetwork, weightsAt } from '../../methods/parts.js';
import type {
  Computed,
  DrawClock,
  ImageBatch,
  StepInputs,
  Losses,
  Method,
  NetworkWeights,
  TensorTree,
} from '../../registry/kinds/method.js';
import { gradientsByReplicas, type Replicas } from './replicas.js';

/**
 * Creates the step's scalar inputs.
 *
 * @param seed an integer, taken modulo 2^32
 * @param step steps done before this one
 * @returns tensors that the caller owns
 */
export function stepInputs(seed: number, step: number, learningRate: LearningRate): StepInputs {
  const { generator, discriminator } = learningRates(learningRate);
  return {
    ...drawInputs(seed, step),
    learningRate: tf.scalar(generator),
    discriminatorRate: tf.scalar(discriminator),
  };
}

/** Those of them that a step's gradients depend on. */
export function drawInputs(seed: number, step: number): DrawClock {
  return { seed: tf.scalar(seed, 'int32'), step: tf.scalar(step, 'int32') };
}

/**
 * One step of training: the gradients of all networks, then their updates.
 *
 * A pure function, eager or traced, that disposes of none of its inputs. The caller owns the old state, the new state and the losses (of
 * the weights before the step).
 *
 * @param batch [b, s, s, c]; a traced step takes one shape only
 * @param replicas that share the batch; without them one computes it
 */
export function trainStep<State extends TensorTree>(
  method: Method<State>,
  state: State,
  batch: ImageBatch,
  clock: StepInputs,
  replicas?: Replicas,
): { state: State; losses: Losses } {
  const { losses, ...computed } = gradientsOf(method, state, batch, clock, replicas);
  const next = method.apply(state, computed, clock);
  tf.dispose(computed.gradients);
  return { state: next, losses };
}

/** {@link Method.gradients}, computed by replicas if there are any. */
export function gradientsOf<State extends TensorTree, Carried extends TensorTree>(
  method: Method<State, Carried>,
  state: State,
  batch: ImageBatch,
  clock: DrawClock,
  replicas: Replicas = [],
): Computed<Carried> {
  if (replicas.length < 2) return method.gradients(state, batch, clock);
  return gradientsByReplicas(method, state, batch, clock, replicas);
}

/** The weights of all networks in a state: see {@link Method}. */
export function weightsIn(method: Method, state: TensorTree): NetworkWeights {
  return perNetwork(method.networks, (_, network) => weightsAt(state, network));
}
