import { sigmoid, type Scalar, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { CycleGan, TrainState } from '../cyclegan.js';
import type { Sample } from '../trainer.js';

/** See {@link Sample}. */
export function sampleOf(model: CycleGan, state: TrainState, direction: Direction, picture: Tensor4D): Sample {
  const [there, back, own, other] =
    direction === 'AtoB' ? (['G', 'F', 'D_X', 'D_Y'] as const) : (['F', 'G', 'D_Y', 'D_X'] as const);
  const through = (network: keyof TrainState, image: Tensor4D) => model[network].apply(state[network].weights, image);
  const judged = (network: keyof TrainState, image: Tensor4D) => {
    const scores = through(network, image);
    return model.adversarial.realness?.(scores) ?? sigmoid(scores);
  };
  const translated = through(there, picture);
  return {
    translated,
    reconstructed: through(back, translated),
    identity: through(back, picture),
    judgedReal: judged(own, picture),
    judgedFake: judged(other, translated),
  };
}

/** The numbers of a step's losses. */
export function numbersOf(losses: Readonly<Record<string, Scalar>>): Record<string, number> {
  return Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss.dataSync()[0]!]));
}
