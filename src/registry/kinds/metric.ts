import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Component } from '../component.js';
import type { Direction } from './export-format.js';

/** Test images of one direction with everything made from them; float32 in [-1, 1], [b, size, size, channels]. */
export interface TranslatedBatch {
  readonly source: Tensor4D;
  /** G(x): the source translated to the other domain. */
  readonly translated: Tensor4D;
  /** F(G(x)): and back again, where the method has a generator that does. */
  readonly reconstructed?: Tensor4D;
  /** F(x): the source through the generator into its own domain, which should leave it alone; where there is one. */
  readonly identity?: Tensor4D;
  /** The true translation, where the data set knows it. */
  readonly truth?: Tensor4D;
}

/** How good translations are: sees the test images of one direction batch by batch, then says a number or several. */
export interface Metric {
  /** Of all its values. */
  readonly better: 'higher' | 'lower';
  readonly unit?: string;
  /** Names of its values, where it has several; a sweep that is not told what to rank by takes the first. */
  readonly parts?: readonly [string, ...string[]];
  /** What it cannot do without. Where that is not to be had, it is not measured, and the evaluation says why. */
  readonly needs: MetricNeeds;
  /**
   * The term of the loss that is this very number on training images, such as `cycle`, by the name that the method gives it (`lossTerms`). A sweep
   * over one of its weights says so where it ranks by the metric: a higher weight improves it, whatever the translations look like.
   */
  readonly lossTerm?: string;
  /**
   * Begins to measure a direction: loads what it takes, reads the targets. A metric that compares with the truth or with the targets is
   * started twice, the second time for the unchanged source in place of the translation: what doing nothing scores.
   */
  start(site: MetricSite): Promise<MetricAccumulator> | MetricAccumulator;
}

export interface MetricNeeds {
  /** {@link TranslatedBatch.truth} */
  readonly truth?: boolean;
  /** {@link TranslatedBatch.reconstructed} */
  readonly reconstructed?: boolean;
  /** {@link TranslatedBatch.identity} */
  readonly identity?: boolean;
  /** {@link MetricSite.targets} */
  readonly targets?: boolean;
}

/** What is measured. */
export interface MetricSite {
  readonly direction: Direction;
  /** Side of the square images, in pixels. */
  readonly imageSize: number;
  /** How many test images there are to come. */
  readonly count: number;
  /** How many images {@link MetricSite.targets} gives. */
  readonly targetCount: number;
  /**
   * The real test images of the domain that is translated to, [b, size, size, channels] in [-1, 1], from the first on at each call. A batch is
   * disposed of when the next one is asked for. For a metric that says it needs them.
   *
   * @throws the signal's reason, from the iterator, when the user stops
   */
  targets(): AsyncIterable<Tensor4D>;
  /** Aborted when the user wants to stop. Whoever computes for long may throw its reason. */
  readonly signal: AbortSignal;
}

/** A measurement in the making. One call follows the other; `dispose` comes last, also after an error or when the user has stopped. */
export interface MetricAccumulator {
  /** @param batch disposed of by the caller, once this has resolved */
  add(batch: TranslatedBatch): Promise<void> | void;
  result(): Promise<MetricValues> | MetricValues;
  dispose(): void;
}

/** One value, or one for each of {@link Metric.parts}: `precision` and `recall` of a metric `pr` are `pr/precision` and `pr/recall`. */
export type MetricValues = MetricValue | Readonly<Record<string, MetricValue>>;

export interface MetricValue {
  readonly value: number;
  /** How many images it is of. */
  readonly count: number;
  /** Where the value lies with a confidence of 95%: from, to. */
  readonly interval?: readonly [number, number];
}

export type MetricComponent<Options = never> = Component<Options, void, Metric>;
