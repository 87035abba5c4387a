import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { initialWeights } from '../engine/initialize.js';
import type { Method, NetworkWeights, TensorTree } from '../registry/kinds/method.js';
import type { Trained, Weights } from '../registry/kinds/network.js';
import { judgeOf } from './judged-translation.js';
import { perNetwork, weightsAt } from './parts.js';

/** The part of the state that holds the averages, and of checkpoints: `averages/G/down1/kernel`. */
const AVERAGES = 'averages';

/** The state of a method that averages, by name: its own and {@link AVERAGES}. */
type AveragedState = TensorTree & { readonly [AVERAGES]?: NetworkWeights };

/**
 * A method that keeps an exponential moving average of its generators' weights beside them: average <- d average + (1 - d) weights after
 * each step. Samples, evaluation and export take the averages, whose pictures change less from step to step (Yazici et al. 2019,
 * "The Unusual Effectiveness of Averaging in GAN Training"); training itself never reads them.
 *
 * At step t, from 1, d is at most (1 - 1/t)^3, which averages over the last third of the steps made so far and forgets the first weights: the
 * power-function profile of Karras et al. 2024 ("Analyzing and Improving the Training Dynamics of Diffusion Models", section 3.1) with gamma 2.
 *
 * @param generators the networks to average, by name
 * @param decay d in the long run, below 1: 0.999 averages over some thousand steps
 */
export function averaged(method: Method, generators: readonly string[], decay: number): Method {
  const current = (state: TensorTree): NetworkWeights =>
    Object.fromEntries(generators.map((name) => [name, weightsAt(state, name)]));
  // Member by member: a plugin's method may be an instance of a class, which a spread would lose.
  return {
    networks: method.networks,
    passes: method.passes,
    samples: method.samples,
    gradients: (state, ...given) => method.gradients(split(state).own, ...given),
    sample: (...given) => method.sample(...given),
    ...judgeOf(method),
    initial: (seed) => {
      const state = method.initial(seed);
      if (AVERAGES in state) throw new Error(`A method that is averaged keeps nothing at "${AVERAGES}" of its state.`);
      return { ...state, [AVERAGES]: perNetwork(current(state), copied) };
    },
    apply: (state, computed, clock) => {
      const { own, averages } = split(state);
      const next = method.apply(own, computed, clock);
      const share = tf.tidy(() => tf.sub<Scalar>(1, decayAt(clock.step, decay)));
      const moved = perNetwork(current(next), (weights, name) => towards(averages[name]!, weights, share));
      share.dispose();
      return { ...next, [AVERAGES]: moved };
    },
  };
}

/**
 * The weights that translate and judge: of the generators their averages, if the state has some.
 *
 * @param networks whose weights are wanted, by name
 */
export function translatingWeights(networks: Readonly<Record<string, unknown>>, state: TensorTree): NetworkWeights {
  const averages = (state as AveragedState)[AVERAGES];
  return perNetwork(networks, (_, name) => averages?.[name] ?? weightsAt(state, name));
}

/**
 * The part of a state that {@link translatingWeights} takes its weights from, with new weights: what to read of a checkpoint.
 *
 * @param averages the networks that are averaged, by name
 */
export function translatingState(networks: Readonly<Record<string, Trained>>, averages: readonly string[]): TensorTree {
  const state: Record<string, TensorTree> = {};
  const averaged: Record<string, Weights> = {};
  for (const [name, network] of Object.entries(networks)) {
    const weights = initialWeights(network, 0, name);
    if (averages.includes(name)) averaged[name] = weights;
    else state[name] = { weights };
  }
  return { ...state, ...(averages.length > 0 && { [AVERAGES]: averaged }) };
}

/** The paths in a state at which a weight is, or can be: its own, and that of its average. */
export const weightPaths = (network: string, weight: string): readonly string[] => [
  `${network}/weights/${weight}`,
  `${AVERAGES}/${network}/${weight}`,
];

/** The method's own state, and the averages. */
function split(state: TensorTree): { readonly own: TensorTree; readonly averages: NetworkWeights } {
  const { [AVERAGES]: averages = {}, ...own } = state as AveragedState;
  return { own, averages };
}

/** d of the update after a step. @param before steps made before it */
function decayAt(before: Scalar, decay: number): Scalar {
  const step = tf.add(tf.cast(before, 'float32'), 1);
  return tf.minimum(decay, tf.pow(tf.sub(1, tf.div(1, step)), 3));
}

function towards(averages: Weights, weights: Weights, share: Scalar): Weights {
  const moved = (average: Tensor, weight: Tensor) =>
    tf.tidy(() => tf.add(average, tf.mul(tf.sub(weight, average), share)));
  return Object.fromEntries(Object.entries(averages).map(([name, average]) => [name, moved(average, weights[name]!)]));
}

function copied(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, tf.clone(weight)]));
}
