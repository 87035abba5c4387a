import * as tf from '@tensorflow/tfjs-core';
import type {
  ImageBatch,
  StepInputs,
  Losses,
  Method,
  NetworkWeights,
  TensorTree,
} from '../../registry/kinds/method.js';
import type { Weights } from '../../registry/kinds/network.js';

/**
 * Creates the step's scalar inputs.
 *
 * @param seed an integer, taken modulo 2^32
 * @param step steps done before this one
 * @returns tensors that the caller owns
 */
export function stepInputs(seed: number, step: number, learningRate: number): StepInputs {
  return { seed: tf.scalar(seed, 'int32'), step: tf.scalar(step, 'int32'), learningRate: tf.scalar(learningRate) };
}

/**
 * One step of training: the gradients of all networks, then their updates.
 *
 * A pure function, eager or traced, that disposes of none of its inputs. The caller owns the old state, the new state and the losses (of
 * the weights before the step).
 *
 * @param batch [b, s, s, c]; a traced step takes one shape only
 */
export function trainStep<State extends TensorTree>(
  method: Method<State>,
  state: State,
  batch: ImageBatch,
  clock: StepInputs,
): { state: State; losses: Losses } {
  const { losses, ...computed } = method.gradients(state, batch, clock);
  const next = method.apply(state, computed, clock);
  tf.dispose(computed.gradients);
  return { state: next, losses };
}

/** The weights of all networks in a state: see {@link Method}. */
export function weightsIn(method: Method, state: TensorTree): NetworkWeights {
  const of = (network: string) => (state[network] as { readonly weights: Weights }).weights;
  return Object.fromEntries(Object.keys(method.networks).map((network) => [network, of(network)]));
}
