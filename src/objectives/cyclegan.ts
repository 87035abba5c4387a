import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { gradientsOf } from '../engine/gradients.js';
import { abs } from '../engine/ops.js';
import { initialWeights } from '../engine/initialize.js';
import { foldKey } from '../engine/random.js';
import type { Network, RandomKey, Weights } from '../registry/kinds/network.js';
import type { AdversarialLoss, Optimizer, OptimizerState } from '../registry/kinds/objective.js';
import { startOptimizer } from './adam.js';

/**
 * CycleGAN (Zhu et al. 2017, arXiv:1703.10593), in the paper's letters: G translates X to Y, F translates Y to X; D_X and
 * D_Y tell real pictures of X and Y from translated ones.
 */
export interface CycleGan {
  readonly G: Network;
  readonly F: Network;
  readonly D_X: Network;
  readonly D_Y: Network;
  readonly adversarial: AdversarialLoss;
  /** Weights of the cycle losses: forward is x -> G(x) -> F(G(x)), backward y -> F(y) -> G(F(y)). */
  readonly lambda: { readonly forward: number; readonly backward: number };
  /** Weight of the identity losses relative to lambda; 0 leaves them out. */
  readonly identity: number;
  readonly optimizer: Optimizer;
}

export type NetworkName = 'G' | 'F' | 'D_X' | 'D_Y';
type PerNetwork<T> = Readonly<Record<NetworkName, T>>;

/** Weights and accumulators of all four networks. */
export type TrainState = PerNetwork<OptimizerState>;

/** Unpaired pictures of the two domains, float32 in [-1, 1], [b, s, s, c]. */
export interface Batch {
  readonly x: Tensor4D;
  readonly y: Tensor4D;
}

/**
 * By name, for curves. Not weighted: `G/adversarial`, `F/adversarial`, `cycle/forward`, `cycle/backward`, `identity/G`,
 * `identity/F` (these two only where identity is above 0). What each network minimises: `G/total`, `F/total`,
 * `D_X/total`, `D_Y/total`; as in the tutorial both generators' totals hold both directions of the cycle.
 */
export type Losses = Readonly<Record<string, Scalar>>;

/** Where training is. With the state and the batch it decides all that a step does. */
export type Clock = {
  /** int32; with `step` the key of the step's randomness (dropout). */
  readonly seed: Scalar;
  /** Steps made before this one (0 for the first), int32. */
  readonly step: Scalar;
  /** float32. */
  readonly learningRate: Scalar;
};

/**
 * A clock of numbers.
 *
 * @param seed a whole number, taken modulo 2^32
 * @param step steps made before the one to make
 * @returns tensors that belong to the caller
 */
export function clockAt(seed: number, step: number, learningRate: number): Clock {
  return { seed: tf.scalar(seed, 'int32'), step: tf.scalar(step, 'int32'), learningRate: tf.scalar(learningRate) };
}

/** The state before the first step: a function of the model and the seed. The caller owns its tensors. */
export function initialState(model: CycleGan, seed: number): TrainState {
  return perNetwork((name) => startOptimizer(model.optimizer, initialWeights(model[name], seed, name)));
}

/**
 * One step of training: the gradients of all four networks, then four updates.
 *
 * A pure function, eager or traced: it disposes of nothing that it is given. The caller owns the old state, the new state and the
 * losses (of the weights before the step).
 *
 * @param batch [b, s, s, c], the same shape each time: a traced step is traced for one
 */
export function trainStep(
  model: CycleGan,
  state: TrainState,
  batch: Batch,
  { learningRate, ...clock }: Clock,
): { state: TrainState; losses: Losses } {
  const key = keyOf(clock);
  const weights = weightsOf(state);
  const { gradients: all, losses } = gradients(model, weights, batch, key);
  const next = perNetwork((name) => model.optimizer.update(state[name], all[name], learningRate, clock.step));
  tf.dispose([key, all]);
  return { state: next, losses };
}

/** The key of a step's randomness; belongs to the caller. */
export const keyOf = ({ seed, step }: Omit<Clock, 'learningRate'>): RandomKey => tf.stack([seed, step]) as RandomKey;

/** The weights without the accumulators. */
export const weightsOf = (state: TrainState): PerNetwork<Weights> => perNetwork((name) => state[name].weights);

/**
 * The losses and the gradient of each network's total with respect to its weights; all belong to the caller.
 *
 * @param key of the step, see {@link RandomKey}; without one there is no dropout
 */
export function gradients(
  model: CycleGan,
  weights: PerNetwork<Weights>,
  { x, y }: Batch,
  key?: RandomKey,
): { gradients: PerNetwork<Weights>; losses: Losses } {
  const networks = bind(model, weights, key);
  const { D_X, D_Y } = networks;

  // One backward pass serves both generators: neither's own terms depend on the other's weights, so the gradient of their
  // common loss is, for each, the gradient of its total.
  const generators = gradientsOf({ G: weights.G, F: weights.F }, () => generatorLosses(model, networks, { x, y }));
  const { fakeX, fakeY, ...losses } = generators.extra;

  // The fakes are plain numbers from here on: nothing goes back into the generators, whose memory is free by now.
  const { adversarial } = model;
  const realOrFakeX = gradientsOf({ D_X: weights.D_X }, () => ({
    loss: adversarial.discriminator(D_X(x), D_X(fakeX)),
    extra: {},
  }));
  const realOrFakeY = gradientsOf({ D_Y: weights.D_Y }, () => ({
    loss: adversarial.discriminator(D_Y(y), D_Y(fakeY)),
    extra: {},
  }));

  tf.dispose([generators.loss, fakeX, fakeY]);
  return {
    gradients: { ...generators.gradients, ...realOrFakeX.gradients, ...realOrFakeY.gradients },
    losses: { ...losses, 'D_X/total': realOrFakeX.loss, 'D_Y/total': realOrFakeY.loss },
  };
}

/** Equations 1 to 3 of the paper, and the identity loss of its section 5.2, for both generators. */
function generatorLosses(
  { adversarial, lambda, identity }: CycleGan,
  { G, F, D_X, D_Y }: BoundNetworks,
  { x, y }: Batch,
) {
  const { translated: fakeY, same: sameY } = translate(G, x, identity > 0 ? y : undefined);
  const { translated: fakeX, same: sameX } = translate(F, y, identity > 0 ? x : undefined);
  const losses: Record<string, Scalar> = {
    'G/adversarial': adversarial.generator(D_Y(fakeY)),
    'F/adversarial': adversarial.generator(D_X(fakeX)),
    'cycle/forward': l1(F(fakeY), x),
    'cycle/backward': l1(G(fakeX), y),
    ...(sameY && sameX && { 'identity/G': l1(sameY, y), 'identity/F': l1(sameX, x) }),
  };

  const cycle = weighted(losses, { 'cycle/forward': lambda.forward, 'cycle/backward': lambda.backward });
  const onlyG = weighted(losses, { 'G/adversarial': 1, 'identity/G': identity * lambda.backward });
  const onlyF = weighted(losses, { 'F/adversarial': 1, 'identity/F': identity * lambda.forward });
  const totals = { 'G/total': total([onlyG, cycle]), 'F/total': total([onlyF, cycle]) };
  return { loss: total([onlyG, onlyF, cycle]), extra: { ...losses, ...totals, fakeX, fakeY } };
}

/** The mean absolute difference. */
const l1 = (a: Tensor4D, b: Tensor4D): Scalar => tf.mean(abs(tf.sub(a, b)));

/** The weighted sum of those losses that there are. */
function weighted(losses: Losses, weights: Readonly<Record<string, number>>): Scalar {
  const terms = Object.entries(weights).flatMap(([name, weight]) => {
    const loss = losses[name];
    return loss === undefined ? [] : [weight === 1 ? loss : tf.mul<Scalar>(loss, weight)];
  });
  return total(terms);
}

const total = (terms: readonly Scalar[]): Scalar => terms.reduce((sum, term) => tf.add(sum, term));

interface BoundNetwork {
  (image: Tensor4D): Tensor4D;
  readonly prefersBatches: boolean;
}
type BoundNetworks = PerNetwork<BoundNetwork>;

/** Networks as functions of a picture. Each call is another pass of the step, with randomness of its own. */
function bind(model: CycleGan, weights: PerNetwork<Weights>, key?: RandomKey): BoundNetworks {
  let pass = 0;
  return perNetwork((name) => {
    const network = model[name];
    const through = (image: Tensor4D) => network.apply(weights[name], image, key && foldKey(key, 'pass', pass++));
    return Object.assign(through, { prefersBatches: network.prefersBatches === true });
  });
}

/**
 * A picture's translation, and what the generator makes of one of the domain that it translates to, for the identity loss: in one pass
 * over both where the network prefers that.
 */
function translate(generator: BoundNetwork, picture: Tensor4D, own?: Tensor4D) {
  if (own === undefined) return { translated: generator(picture) };
  if (!generator.prefersBatches) return { translated: generator(picture), same: generator(own) };
  const [translated, same] = tf.split(generator(tf.concat([picture, own])), 2);
  return { translated: translated as Tensor4D, same: same as Tensor4D };
}

function perNetwork<T>(f: (name: NetworkName) => T): PerNetwork<T> {
  return { G: f('G'), F: f('F'), D_X: f('D_X'), D_Y: f('D_Y') };
}
