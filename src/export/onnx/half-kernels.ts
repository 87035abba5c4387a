import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../../registry/kinds/network.js';
import { fromHalves, toHalves } from '../half-precision.js';
import { intOf, type Initializer, type OnnxGraph, type OnnxNode } from './graph.js';
import { usedOnly } from './used-only.js';

/** Of the type that a Cast gives. */
const FLOAT32 = 1;

/**
 * A graph whose kernels are stored in half precision and cast to float32 before their use, which runtimes do once, when they load it.
 * Scales, offsets and biases are few, and stay float32, as does every computation: norms in half precision overflow.
 */
export function storingHalves({ nodes, initializers }: OnnxGraph): OnnxGraph {
  const kernels = initializers.filter(isKernel);
  const casts = kernels.map(({ name }): OnnxNode => {
    return { name, op: 'Cast', inputs: [`half ${name}`], attributes: { to: intOf(FLOAT32) } };
  });
  const halves = kernels.map(({ name, shape, content }): Initializer => {
    return { name: `half ${name}`, shape, content: { ...content, half: true } };
  });
  const others = initializers.filter((one) => !isKernel(one));
  return usedOnly({ nodes: [...casts, ...nodes], initializers: [...halves, ...others] });
}

/** The weights as such a graph has them; the caller disposes of those that are not in `weights`. */
export function roundedKernels(weights: Weights): Weights {
  const rounded = Object.entries(weights).map(([name, weight]) => {
    if (weight.rank < 2) return [name, weight] as const;
    return [name, tf.tensor(fromHalves(toHalves(weight.dataSync<'float32'>())), weight.shape)] as const;
  });
  return Object.fromEntries(rounded);
}

/** Disposes of those that {@link roundedKernels} made. */
export function disposeRounded(rounded: Weights, weights: Weights): void {
  for (const [name, weight] of Object.entries(rounded)) if (weight !== weights[name]) weight.dispose();
}

type Kernel = Initializer & { readonly content: { readonly kind: 'weight' } };

const isKernel = (one: Initializer): one is Kernel =>
  one.content.kind === 'weight' && one.content.permutation.length >= 2;
