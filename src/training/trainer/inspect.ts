import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { isTensor, leavesOf } from '../../engine/graph/tensor-trees.js';
import type { ImageBatch, DrawClock, Method, NetworkWeights, TensorTree } from '../../registry/kinds/method.js';
import type { Weights } from '../../registry/kinds/network.js';
import type { Histogram } from '../../registry/kinds/record.js';
import { histogramOf, isSpread, spreadOf, type Spread } from './spread.js';
import { gradientsOf, weightsIn } from './step.js';
import type { Replicas } from './replicas.js';

type Spreads = Readonly<Record<string, Readonly<Record<string, Spread>>>>;
/** By network and weight. */
export type Inspection = { readonly weights: Spreads; readonly gradients: Spreads };

/** Weights and gradients of a training step: see `Trainer.inspect`. Pure; the caller owns the result. */
export function inspectionOf(
  method: Method,
  state: TensorTree,
  batch: ImageBatch,
  clock: DrawClock,
  replicas?: Replicas,
): Inspection {
  const { gradients, losses, carried } = gradientsOf(method, state, batch, clock, replicas);
  const inspection = { weights: spreadsOf(weightsIn(method, state)), gradients: spreadsOf(gradients) };
  tf.dispose([gradients, losses, carried]);
  return inspection;
}

/** An inspection's histograms by name, of the tensors that have a finite number. */
export function histogramsOf(inspection: Inspection): Record<string, Histogram> {
  const histograms: Record<string, Histogram> = {};
  for (const [name, spread] of leavesOf(inspection, isSpread)) {
    const histogram = histogramOf(spread);
    if (histogram !== undefined) histograms[name] = histogram;
  }
  return histograms;
}

/** A bool tensor: whether every number of the state is finite. */
export function allFinite(state: TensorTree): Scalar {
  return tf.tidy(() => {
    const each = [...leavesOf(state, isTensor).values()].map((tensor) => tf.all(tf.isFinite(tensor)));
    return tf.all<Scalar>(tf.stack(each));
  });
}

function spreadsOf(networks: NetworkWeights): Spreads {
  const ofNetwork = (weights: Weights) =>
    Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, spreadOf(tensor)]));
  return Object.fromEntries(Object.entries(networks).map(([name, weights]) => [name, ofNetwork(weights)]));
}
