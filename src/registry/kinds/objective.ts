import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import type { Component } from '../component.js';
import type { RandomKey, Weights } from './network.js';

/** The losses of discriminator and generator for a map of scores (logits, if the loss applies a sigmoid). */
export interface AdversarialLoss {
  /** The generator's loss: low if the discriminator scores its fakes as real. */
  generator(fakeLogits: Tensor4D): Scalar;
  /**
   * The discriminator's loss: low if it scores real as real and fake as fake. Includes the factor of its source: 0.5 for the tutorial's and
   * the paper's, so that the discriminator learns at half the generator's pace; 1 elsewhere.
   */
  discriminator(realLogits: Tensor4D, fakeLogits: Tensor4D): Scalar;
  /**
   * Maps scores to [0, 1] for the maps in the samples: 0 is the target of a fake, 1 that of a real image, 0.5 undecided. For logits it
   * is the sigmoid; for scores between two targets the clipped position between them. A Wasserstein critic's scores are unbounded and
   * have no middle: their sigmoid shows only which are higher. The default is the sigmoid.
   */
  realness?(scores: Tensor4D): Tensor4D;
}
export type AdversarialLossComponent<Options = never> = Component<Options, void, AdversarialLoss>;

/** A term of a discriminator's loss that bounds its gradient by the images that it judges. */
export interface GradientPenalty {
  /** Its weight in the discriminator's loss. */
  readonly weight: number;
  /**
   * The mean over the images of a batch, not weighted. Plain TensorFlow.js, differentiable by the weights that `judge` uses: a gradient of
   * a gradient, so the network's ops must be differentiable twice. TensorFlow.js's tanh, sigmoid and elu are not: their gradients take the
   * saved result for a constant.
   *
   * @param judge images, or pairs of images along the channels, to scores
   * @param images of the same shape, [b, s, s, c]
   * @param key of its random draws; they are those of a batch (`randomUniformOfBatch`), so that replicas draw the same
   */
  of(
    judge: (images: Tensor4D) => Tensor4D,
    images: { readonly real: Tensor4D; readonly fake: Tensor4D },
    key: RandomKey,
  ): Scalar;
}
export type GradientPenaltyComponent<Options = never> = Component<Options, void, GradientPenalty>;

export interface ScheduleSite {
  readonly learningRate: number;
  readonly epochs: number;
}
/**
 * The learning rate of an epoch; epochs count from 0.
 *
 * @param means of the loss that the schedule {@link ScheduleComponent.observes}, one for each epoch before
 */
export type Schedule = (epoch: number, means: readonly number[]) => number;

export interface ScheduleComponent<Options = never> extends Component<Options, ScheduleSite, Schedule> {
  /** The loss whose mean over each epoch the learning rate depends on, as in `Losses`: `G/total`. Absent: none. */
  observes?(options: Options): string;
}

/** The learning rates of the networks that translate and of those that judge. */
export type LearningRates = { readonly generator: number; readonly discriminator: number };
/** As in a config: one number for all networks, or two. */
export type LearningRate = number | LearningRates;

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
