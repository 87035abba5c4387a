import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Component } from '../component.js';

/** One test picture with everything made from it; float32 in [-1, 1], [1, size, size, channels]. */
export interface TranslatedPicture {
  readonly source: Tensor4D;
  /** G(x): the source translated to the other domain. */
  readonly translated: Tensor4D;
  /** F(G(x)): and back again. */
  readonly reconstructed: Tensor4D;
  /** F(x): the source through the generator into its own domain, which should leave it alone. */
  readonly identity: Tensor4D;
  /** The true translation, where the data set knows it. */
  readonly truth?: Tensor4D;
}

/** How good a translation is: sees the test pictures of one direction one by one, then says a number. */
export interface Metric {
  readonly better: 'higher' | 'lower';
  readonly unit?: string;
  /** Whether it compares with the true translation; then the unchanged source is measured too, as the baseline. */
  readonly needsTruth: boolean;
  /**
   * Config paths of weights in the loss that make training optimise this very number, such as `loss.lambda`. A sweep over one of them says so where it
   * ranks by the metric: a higher weight improves it, whatever the translations look like.
   */
  readonly optimizedBy?: readonly string[];
  start(): MetricAccumulator;
}
export interface MetricAccumulator {
  add(picture: TranslatedPicture): void;
  result(): number;
}
export type MetricComponent<Options = never> = Component<Options, void, Metric>;
