import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import type { Component } from '../component.js';
import type { Weights } from './network.js';

/** How discriminator and generator judge a map of scores (logits, where the loss takes them for such). */
export interface AdversarialLoss {
  /** What the generator wants: that the discriminator takes its fakes for real. */
  generator(fakeLogits: Tensor4D): Scalar;
  /** What the discriminator wants: real is real, fake is fake. The tutorial's factor 0.5 is part of it. */
  discriminator(realLogits: Tensor4D, fakeLogits: Tensor4D): Scalar;
  /**
   * What the scores mean to people, for the maps in the samples: 0 for what it wants of a fake, 0.5 where the discriminator cannot tell, 1
   * for what it wants of a real image, and never outside. Of logits that is their sigmoid; of scores between two targets, where they stand
   * between them, clipped. A Wasserstein critic's scores have no end and no middle: their sigmoid shows at least which are higher.
   * A loss that does not say draws that, too.
   */
  realness?(scores: Tensor4D): Tensor4D;
}
export type AdversarialLossComponent<Options = never> = Component<Options, void, AdversarialLoss>;

export interface ScheduleSite {
  readonly learningRate: number;
  readonly epochs: number;
}
/** The learning rate of an epoch; epochs count from 0. */
export type Schedule = (epoch: number) => number;
export type ScheduleComponent<Options = never> = Component<Options, ScheduleSite, Schedule>;

/** An update rule as a pure function. `slots` are its accumulators, one set of names for each weight. */
export interface Optimizer {
  /** Names of the accumulators kept for each weight; all start at zero. Adam: `m`, `v`. */
  readonly slots: readonly string[];
  /**
   * @param learningRate float32
   * @param step how many updates were made before this one (0 for the first), int32
   * @returns new weights and slots; the caller owns and disposes of the old ones
   */
  update(state: OptimizerState, gradients: Weights, learningRate: Scalar, step: Scalar): OptimizerState;
}
export type OptimizerState = {
  readonly weights: Weights;
  /** By slot, then by weight. */
  readonly slots: Readonly<Record<string, Weights>>;
};
export type OptimizerComponent<Options = never> = Component<Options, void, Optimizer>;
