import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint } from '../../engine/checkpoints.js';
import { initialState, type CycleGan, type NetworkName, type TrainState } from '../../objectives/cyclegan.js';
import type { Weights } from '../../registry/kinds/network.js';
import type { Optimizer, OptimizerState } from '../../registry/kinds/objective.js';
import type { JsonObject } from '../../support/json.js';
import { ProblemError } from '../../support/problem.js';

/** Everything that training goes on from: the networks with their optimizers, and how many updates they have had. */
export interface TrainingState {
  readonly step: number;
  readonly state: TrainState;
}

const NETWORKS: readonly NetworkName[] = ['G', 'F', 'D_X', 'D_Y'];

/** New weights, a function of the seed. */
export function fresh(model: CycleGan, seed: number): TrainingState {
  return { step: 0, state: initialState(model, seed) };
}

/** The tensors of a checkpoint by group: a network's weights under its name, an optimizer's slots under `G.m`, `G.v`. */
export function toCheckpoint({ step, state }: TrainingState, notes: JsonObject): Checkpoint {
  const groups: Record<string, Weights> = {};
  for (const network of NETWORKS) {
    groups[network] = state[network].weights;
    for (const [slot, weights] of Object.entries(state[network].slots)) groups[`${network}.${slot}`] = weights;
  }
  return { step, state: notes, groups };
}

/** @throws ProblemError when the checkpoint is of another model than the config's */
export function fromCheckpoint(model: CycleGan, { step, groups }: Checkpoint): TrainingState {
  const restore = (network: NetworkName): OptimizerState => {
    const weights = groups[network];
    if (weights === undefined || !fits(model, network, weights)) throw otherModel(network);
    return { weights, slots: slotsOf(model.optimizer, network, groups) };
  };
  return { step, state: { G: restore('G'), F: restore('F'), D_X: restore('D_X'), D_Y: restore('D_Y') } };
}

/** Frees the tensors of a state that a step has replaced. */
export function dispose(state: TrainState): void {
  for (const network of NETWORKS) {
    const { weights, slots } = state[network];
    tf.dispose([weights, ...Object.values(slots)] as Record<string, tf.Tensor>[]);
  }
}

function slotsOf(optimizer: Optimizer, network: NetworkName, groups: Checkpoint['groups']): OptimizerState['slots'] {
  return Object.fromEntries(
    optimizer.slots.map((slot) => {
      const weights = groups[`${network}.${slot}`];
      if (weights === undefined) throw otherModel(network);
      return [slot, weights];
    }),
  );
}

function fits(model: CycleGan, network: NetworkName, weights: Weights): boolean {
  const specs = model[network].weights;
  return (
    specs.length === Object.keys(weights).length &&
    specs.every(({ name, shape }) => weights[name]?.shape.join() === shape.join())
  );
}

function otherModel(network: NetworkName): ProblemError {
  return new ProblemError({
    code: 'checkpoint-of-another-model',
    message: `The checkpoint's network ${network} does not have the weights that this config describes.`,
    cure: 'Start from a run with the same generator, discriminator and optimizer.',
  });
}
