import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Sides } from '../../support/sides.js';
import type { Component } from '../component.js';
import type { Reference } from '../config.js';
import type { Direction } from './export-format.js';

/** Test images of one direction with all generator outputs for them; float32 in [-1, 1], [b, size, size, channels]. */
export interface TranslatedBatch {
  readonly source: Tensor4D;
  /** G(x): the source translated to the other domain. */
  readonly translated: Tensor4D;
  /** F(G(x)): the translation translated back, if the method has a generator for it. */
  readonly reconstructed?: Tensor4D;
  /** F(x): the source through the generator into its own domain, which should not change it; if the method has one. */
  readonly identity?: Tensor4D;
  /** The true translation, if the data set has it. */
  readonly truth?: Tensor4D;
  /** The discriminators' opinions, if the metric needs them; see {@link Realness}. */
  readonly realness?: Realness;
  /** Features of `translated`, for a metric with an extractor: computed once for all metrics that share it. */
  features?(): Promise<Features>;
}

/** Maps of a discriminator's patches, [b, h, w, 1], from 0 (fake) to 1 (real). */
export type Realness = {
  /** What the discriminator of the source's domain says of the source. */
  readonly source: Tensor4D;
  /** What the discriminator of the other domain says of the translation. */
  readonly translated: Tensor4D;
};

/** Features of images by an extractor, a row an image. */
export interface Features {
  readonly count: number;
  /** Features an image. */
  readonly width: number;
  /** [count, width], row after row. */
  readonly values: Float32Array;
  /** [count, classes], of an extractor that classifies. */
  readonly logits?: Float32Array;
}

/** Features of training images. */
export interface TrainingFeatures extends Features {
  /** The positions of these images among the training images of their domain. */
  readonly indices: readonly number[];
}

/** Measures translations: gets the test images of one direction batch by batch, then returns one or several values. */
export interface Metric {
  /** Of all its values. */
  readonly better: 'higher' | 'lower';
  readonly unit?: string;
  /**
   * It only finds faults: a value can be bad, and none says that a translation is good. Nothing is ranked or compared by it; `better` is
   * then the direction away from the fault, for the order of single images.
   */
  readonly diagnostic?: true;
  /** Names of its values, if it has several; by default a sweep ranks by the first. */
  readonly parts?: readonly [string, ...string[]];
  /**
   * The start of its name if it has an extractor: `kd` becomes `kd-efficientnet-lite0`, so that a number says how it was computed.
   * A `name` in the config replaces the whole.
   */
  readonly label?: string;
  /** Its name over the extractor that defines the established measure: `kid`. Only with {@link ExtractorComponent.standard}. */
  readonly standardName?: string;
  /** Its required inputs. If one is missing, it is not measured, and the evaluation reports why. */
  readonly needs: MetricNeeds;
  /**
   * The loss term that equals this metric on training images, such as `cycle`, by its name in the method's `lossTerms`. A sweep over
   * one of its weights that ranks by the metric warns: a higher weight improves it regardless of the quality of translations.
   */
  readonly lossTerm?: string;
  /** The directions in which it is measured, if not in all. */
  readonly directions?: readonly Direction[];
  /**
   * What {@link MetricAccumulator.perImage} measures, if it is not the metric itself: `nearest-target`, which becomes
   * `pr-efficientnet-lite0/nearest-target` in the records of single images.
   */
  readonly imageLabel?: string;
  /**
   * Starts to measure a direction: loads files, reads the targets. A metric that compares with the truth or with the targets is
   * started again for each baseline: with the unchanged source as the translation, and, if it compares with the targets and needs nothing
   * else of a batch, with other real images of the target domain as sources and as translations. The baselines of an evaluation that is
   * repeated during training are measured once. One that compares with training images is started again with the unchanged source, too.
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
  /** {@link TranslatedBatch.realness} */
  readonly realness?: boolean;
  /** {@link MetricSite.trainingFeatures}; only with an extractor. */
  readonly training?: boolean;
  /** So many translations at least, and so many targets if it needs them: a set of fewer images has no value, such as no covariance. */
  readonly images?: number;
  /** {@link TranslatedBatch.features} and {@link MetricSite.targetFeatures}, by this extractor. */
  readonly extractor?: Reference;
}

/** The direction to measure. */
export interface MetricSite {
  readonly direction: Direction;
  /** Of the images: see {@link Sides}. */
  readonly imageSize: Sides;
  /** Number of test images. */
  readonly count: number;
  /** Number of images from {@link MetricSite.targets}. */
  readonly targetCount: number;
  /**
   * The real test images of the target domain, [b, size, size, channels] in [-1, 1]; each call starts from the first. A batch is
   * disposed of when the next one is requested. Only for a metric that lists them under `needs`.
   *
   * @throws the signal's reason, from the iterator, when the user stops
   */
  targets(): AsyncIterable<Tensor4D>;
  /** Features of the {@link targets}, which are kept with the prepared images. Only for a metric with an extractor. */
  targetFeatures?(): Promise<Features>;
  /**
   * Features of training images of the target domain, in the size of the networks, which are kept like those of the targets. Only for a metric
   * that lists `training` under `needs`.
   *
   * @param most that many, spread evenly over those that there are
   */
  trainingFeatures?(most: number): Promise<TrainingFeatures>;
  /** Features of the real images of the source domain: the sources themselves. Only for a metric with an extractor. */
  sourceFeatures?(): Promise<Features>;
  /** Aborted when the user stops the run. A long computation may throw its reason. */
  readonly signal: AbortSignal;
}

/** A measurement in progress. Calls do not overlap; `dispose` comes last, also after an error or a stop. */
export interface MetricAccumulator {
  /** @param batch disposed of by the caller, once this has resolved */
  add(batch: TranslatedBatch): Promise<void> | void;
  result(): Promise<MetricValues> | MetricValues;
  /** The values of single images, in the order in which they were added, if the metric has such: to sort and to compare images. */
  perImage?(): readonly number[];
  /** For each of these images the training image of the target domain that it resembles most, by its position; shown beside it. */
  neighbours?(): readonly number[] | undefined;
  dispose(): void;
}

/** One value, or one for each of {@link Metric.parts}: `precision` and `recall` of a metric `pr` are `pr/precision` and `pr/recall`. */
export type MetricValues = MetricValue | Readonly<Record<string, MetricValue>>;

export interface MetricValue {
  readonly value: number;
  /** Number of measured images. */
  readonly count: number;
  /** The 95% confidence interval: from, to. */
  readonly interval?: readonly [number, number];
  /** What other real images of the target domain score, and their number, where the metric measures them itself. */
  readonly real?: number;
  readonly realCount?: number;
  /** The number of training images with which it compares. */
  readonly referenceCount?: number;
  /** What the value shows to be wrong, as a sentence without its full stop: `nearly all translations are the same`. Shown as a warning. */
  readonly alarm?: string;
}

export type MetricComponent<Options = never> = Component<Options, void, Metric>;
