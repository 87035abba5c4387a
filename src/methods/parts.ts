/** Parts of methods: networks as functions, weighted sums, the update of every network. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { initialWeights } from '../engine/initialize.js';
import { foldKey } from '../engine/random-tensors.js';
import type {
  DrawClock,
  Generators,
  Losses,
  NetworkWeights,
  StepInputs,
  TensorTree,
} from '../registry/kinds/method.js';
import type { Network, RandomKey, Trained, Weights } from '../registry/kinds/network.js';
import type { AdversarialLoss, Optimizer, OptimizerState } from '../registry/kinds/objective.js';
import { startOptimizer } from '../optimizers/adam.js';

/** The key of a step's randomness; belongs to the caller. */
export const keyOf = ({ seed, step }: DrawClock): RandomKey => tf.stack([seed, step]) as RandomKey;

/** A network with weights: a function of an image. */
export interface BoundNetwork {
  (image: Tensor4D): Tensor4D;
  readonly prefersBatches: boolean;
  /** All its maps of scores, if it is a discriminator with several: see `Network.maps`. A pass of its own. */
  readonly maps?: (image: Tensor4D) => readonly Tensor4D[];
  /** Its features of an image: see `NetworkFeatures`. A pass of its own. */
  readonly encode?: (image: Tensor4D, layers: readonly string[]) => readonly Tensor4D[];
}

/**
 * Networks as functions of an image. Each call is another pass of the step, with its own randomness.
 *
 * @param key of the step; without it there is no dropout
 */
export function bind<Name extends string>(
  networks: Readonly<Record<Name, Network>>,
  weights: NetworkWeights,
  key?: RandomKey,
): Readonly<Record<Name, BoundNetwork>> {
  let pass = 0;
  return perNetwork(networks, (network, name) => {
    const own = weights[name]!;
    const passKey = () => key && foldKey(key, 'pass', pass++);
    const through = (image: Tensor4D) => network.apply(own, image, passKey());
    const { features, prefersBatches = false } = network;
    const encode = (image: Tensor4D, layers: readonly string[]) => features!.encode(own, image, layers, passKey());
    const maps = (image: Tensor4D) => network.maps!(own, image, passKey());
    return Object.assign(through, { prefersBatches, ...(network.maps && { maps }), ...(features && { encode }) });
  });
}

/** The generators of a method that translates in one direction, by G. */
export function oneGenerator(G: Network): Generators {
  return {
    networks: { G },
    translate: (weights, _, images) => ({ translated: bind({ G }, weights).G(images) }),
  };
}

/** New weights with empty accumulators for each network. */
export function startNetworks<Name extends string>(
  networks: Readonly<Record<Name, Trained>>,
  optimizer: Optimizer,
  seed: number,
): Readonly<Record<Name, OptimizerState>> {
  return perNetwork(networks, (network, name) => startOptimizer(optimizer, initialWeights(network, seed, name)));
}

/**
 * One update of each network by its own gradients.
 *
 * @param discriminators the networks that have the discriminators' learning rate; by default none
 */
export function updateNetworks<Name extends string>(
  optimizer: Optimizer,
  state: Readonly<Record<Name, OptimizerState>>,
  gradients: NetworkWeights,
  { learningRate, discriminatorRate, step }: Pick<StepInputs, 'learningRate' | 'discriminatorRate' | 'step'>,
  discriminators: readonly NoInfer<Name>[] = [],
): Readonly<Record<Name, OptimizerState>> {
  return perNetwork(state, (own, name) => {
    const rate = discriminators.includes(name) ? discriminatorRate : learningRate;
    return optimizer.update(own, gradients[name]!, rate, step);
  });
}

/** The weights of a network in a state: see `Method`. */
export const weightsAt = (state: TensorTree, network: string): Weights =>
  (state[network] as { readonly weights: Weights }).weights;

/** The weights only, without accumulators. */
export function weightsOf<Name extends string>(
  state: Readonly<Record<Name, { readonly weights: Weights }>>,
): Readonly<Record<Name, Weights>> {
  return perNetwork(state, ({ weights }) => weights);
}

/** The realness of scores, for display: see `AdversarialLoss.realness`. */
export function realness(adversarial: AdversarialLoss, scores: Tensor4D): Tensor4D {
  return adversarial.realness?.(scores) ?? tf.sigmoid(scores);
}

/** The weighted sum of the losses that are present. */
export function weighted(losses: Losses, weights: Readonly<Record<string, number | Scalar>>): Scalar {
  const terms = Object.entries(weights).flatMap(([name, weight]) => {
    const loss = losses[name];
    return loss === undefined ? [] : [weight === 1 ? loss : tf.mul<Scalar>(loss, weight)];
  });
  return total(terms);
}

export const total = (terms: readonly Scalar[]): Scalar => terms.reduce((sum, term) => tf.add(sum, term));

export function perNetwork<Name extends string, T, Result>(
  networks: Readonly<Record<Name, T>>,
  make: (network: T, name: Name) => Result,
): Readonly<Record<Name, Result>> {
  const entries = Object.entries<T>(networks) as [Name, T][];
  return Object.fromEntries(entries.map(([name, network]) => [name, make(network, name)])) as Record<Name, Result>;
}
