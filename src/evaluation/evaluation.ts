import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { PreparedStore, StoreSplit } from '../data/store/prepared-store.js';
import { readTensor } from '../inference/read-tensor.js';
import type { Reference } from '../registry/config.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Metric, MetricValue, Realness, TranslatedBatch } from '../registry/kinds/metric.js';
import type { Translation } from '../registry/kinds/method.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { evaluationImages, splitOf, type EvaluationImage, type EvaluationPart } from './evaluation-images.js';
import { FeatureSource, rowsOf } from './feature-source.js';
import { makeMetric, type NamedMetric } from './make-metric.js';
import { measurable, type Measured, type MeasuredValue } from './measured.js';
import { Measurement, type MeasuredBatch, type MeasurementSite } from './measurement.js';
import { RealImages } from './real-images.js';
import { counted } from '../support/plain-text.js';
import { spread } from '../support/spread.js';

/** What an evaluation needs of a stage's context. */
export type EvaluationContext = Pick<StageContext, 'config' | 'components' | 'signal' | 'emit'>;

export interface EvaluationOptions {
  readonly part: EvaluationPart;
  readonly metrics: readonly Reference[];
  /** Images in a call of `translate`; the last batch may be smaller. */
  readonly batchSize?: number;
  /** Images to measure in a direction, at most: spread evenly over those that there are. By default all. */
  readonly most?: number;
}

/** A generator to measure. */
export interface MeasuredTranslator {
  /** @param source [b, s, s, c] in [-1, 1] @returns tensors, which the evaluation disposes of */
  translate(source: Tensor4D, direction: Direction): Translation & { readonly realness?: Realness };
  /** Sees each batch once it is measured, before its tensors are disposed of. @param from position of its first image @param total of the direction */
  onBatch?(
    batch: TranslatedBatch,
    images: readonly EvaluationImage[],
    from: number,
    total: number,
  ): Promise<void> | void;
}

/**
 * Opens the evaluation of one part of the data, which may be repeated, as during training: the extractors are loaded, and the real
 * images and the baselines measured, once, when they are first needed.
 *
 *     const evaluation = await openEvaluation(context, store, { part: 'validation', metrics });
 *     const { values } = await evaluation.measure('AtoB', { translate: (source) => ... });
 *     await evaluation.dispose();
 *
 * @throws ProblemError when a metric is not of the current interface, or the weights of an extractor cannot be had
 */
export async function openEvaluation(
  context: EvaluationContext,
  store: PreparedStore,
  { part, metrics, batchSize = 1, most = Infinity }: EvaluationOptions,
): Promise<Evaluation> {
  const named = metrics.map((reference) => makeMetric(context.components, reference));
  const features = await prepareExtractors(context, metrics);
  return new Evaluation(context, store, part, { batchSize, most }, named, features);
}

/**
 * Makes the weights of the metrics' extractors available, without loading them: a training does so before its first step, for the evaluation
 * after it.
 *
 * @throws ProblemError `weights-not-fetched`, `wrong-checksum` @throws the signal's reason when the user stops
 */
export async function prepareExtractors(
  context: Pick<EvaluationContext, 'components' | 'signal' | 'emit'>,
  metrics: readonly Reference[],
): Promise<FeatureSource> {
  const features = new FeatureSource(context.components, sourceWork(context));
  await features.prepare(
    metrics.flatMap((reference) => makeMetric(context.components, reference).metric.needs.extractor ?? []),
  );
  return features;
}

export class Evaluation {
  readonly #directions = new Map<Direction, Promise<DirectionEvaluation>>();

  /** Use {@link openEvaluation}. */
  constructor(
    private readonly context: EvaluationContext,
    private readonly store: PreparedStore,
    private readonly part: EvaluationPart,
    private readonly limits: Required<Pick<EvaluationOptions, 'batchSize' | 'most'>>,
    private readonly metrics: readonly NamedMetric[],
    private readonly features: FeatureSource,
  ) {}

  /** The images on which a direction is measured; none where the store has no such part. */
  async images(direction: Direction): Promise<readonly EvaluationImage[]> {
    return (await this.direction(direction)).images;
  }

  /**
   * Measures a generator on all images of a direction. Without any, there are no values.
   *
   * @throws the signal's reason when the user stops
   */
  async measure(direction: Direction, translator: MeasuredTranslator): Promise<Measured> {
    return (await this.direction(direction)).measure(translator);
  }

  /** Releases the extractors. The store stays open. */
  async dispose(): Promise<void> {
    await this.features.dispose();
  }

  private direction(direction: Direction): Promise<DirectionEvaluation> {
    const known = this.#directions.get(direction) ?? this.openDirection(direction);
    this.#directions.set(direction, known);
    return known;
  }

  private async openDirection(direction: Direction): Promise<DirectionEvaluation> {
    const { context, store, part, features, limits } = this;
    const { batchSize, most } = limits;
    const all = await evaluationImages(context, store, direction, part);
    this.reportLeftOut(all, direction);
    const images = spread(all, most);
    const real = new RealImages(store, part, direction, images, features, context.signal);
    const metrics = this.metrics.filter(({ metric }) => metric.directions?.includes(direction) ?? true);
    return new DirectionEvaluation(context, store, direction, images, real, metrics, features, batchSize);
  }

  /** Images without a partner. */
  private reportLeftOut(images: readonly EvaluationImage[], direction: Direction): void {
    const split = splitOf(this.part, direction === 'AtoB' ? 'A' : 'B');
    const leftOut = this.store.count(split) - images.length;
    if (leftOut === 0) return;
    const text = `${counted(leftOut, 'image')} of ${split} ${leftOut === 1 ? 'is' : 'are'} not measured: without a partner of the same name in the other domain.`;
    this.context.emit({ kind: 'note', level: 'warning', text });
  }
}

type Values = Awaited<ReturnType<Measurement['result']>>;

/** One direction of an evaluation, with what stays the same when it is repeated. */
class DirectionEvaluation {
  /** What baselines score that do not depend on the generator. */
  readonly #unchanged = new Map<string, MetricValue>();
  #real: Values | undefined;

  constructor(
    private readonly context: EvaluationContext,
    private readonly store: PreparedStore,
    private readonly direction: Direction,
    readonly images: readonly EvaluationImage[],
    private readonly real: RealImages,
    private readonly metrics: readonly NamedMetric[],
    private readonly features: FeatureSource,
    private readonly batchSize: number,
  ) {}

  async measure(translator: MeasuredTranslator): Promise<Measured> {
    let run: DirectionRun | undefined;
    try {
      for (let from = 0; from < this.images.length; from += this.batchSize) {
        this.context.signal.throwIfAborted();
        const images = this.images.slice(from, from + this.batchSize);
        const batch = await this.batch(images, translator);
        try {
          run ??= await this.start(batch);
          await run.translated.add(this.withFeatures(batch, batch.translated));
          await run.unchanged.add(this.asSource(batch, from));
          await translator.onBatch?.(batch, images, from, this.images.length);
        } finally {
          disposeOf(batch);
        }
      }
      return run === undefined ? { values: {}, perImage: {}, neighbours: {}, notMeasured: [] } : await this.finish(run);
    } finally {
      run?.translated.dispose();
      run?.unchanged.dispose();
    }
  }

  private async start(first: TranslatedBatch): Promise<DirectionRun> {
    const site = this.site();
    const { measured, notMeasured } = measurable(this.metrics, first, site);
    const translated = await Measurement.start(measured, site);
    try {
      const compared = measured.filter(({ metric: { needs } }) =>
        [needs.truth, needs.targets, needs.training].includes(true),
      );
      const unknown = compared.filter(({ name, metric }) => !this.isKnown(name, metric));
      return { translated, unchanged: await Measurement.start(unknown, site), measured, notMeasured };
    } catch (error) {
      translated.dispose();
      throw error;
    }
  }

  private isKnown(name: string, { parts }: Metric): boolean {
    return this.#unchanged.has(parts === undefined ? name : `${name}/${parts[0]}`);
  }

  private async finish({ translated, unchanged, measured, notMeasured }: DirectionRun): Promise<Measured> {
    const values = await translated.result();
    const before = await unchanged.result();
    for (const [name, value] of before) if (isIndependent(value.metric)) this.#unchanged.set(name, value);
    const other = (this.#real ??= await this.measureReal(measured));
    const all = [...values].map(([name, { metric, options, ...value }]): [string, MeasuredValue] => {
      const same = before.get(name) ?? this.#unchanged.get(name);
      const measured = this.measuredValue(metric, value, same, other.get(name));
      return [name, options === undefined ? measured : { ...measured, options }];
    });
    return {
      values: Object.fromEntries(all),
      perImage: translated.perImage(),
      neighbours: translated.neighbours(),
      notMeasured,
    };
  }

  private measuredValue(
    { better, unit, diagnostic, directions, needs }: Metric,
    { value, count, interval, alarm, referenceCount: ofTraining, ...own }: MetricValue,
    unchanged: MetricValue | undefined,
    real: MetricValue | undefined,
  ): MeasuredValue {
    const { split, count: referenceCount } = this.real.targets;
    const { training } = this.real;
    const [others, otherCount] = own.real === undefined ? [real?.value, real?.count] : [own.real, own.realCount];
    return {
      value,
      unchanged: unchanged?.value,
      real: others,
      ...(otherCount !== undefined && otherCount !== count && { realCount: otherCount }),
      unit,
      better,
      ...(diagnostic && { diagnostic }),
      ...(directions && { directions }),
      count,
      ...(needs.targets === true && { reference: split, referenceCount }),
      ...(needs.training === true && { reference: training, referenceCount: ofTraining }),
      // One image says nothing of how others differ.
      interval: count > 1 ? interval : undefined,
      alarm,
    };
  }

  /** Other real images of the target domain in the place of the translations. */
  private async measureReal(metrics: readonly NamedMetric[]): Promise<Values> {
    const { otherCount } = this.real;
    const compared = metrics.filter(({ metric }) => {
      const { targets, images = 1 } = metric.needs;
      return targets === true && isIndependent(metric, 'truth') && otherCount >= images;
    });
    if (compared.length === 0) return new Map();
    const measurement = await Measurement.start(compared, { ...this.site(), count: otherCount });
    try {
      let index = 0;
      for await (const image of this.real.others()) {
        const at = index++;
        await measurement.add({
          source: image,
          translated: image,
          featuresBy: async (extractor) => rowsOf(await this.real.otherFeatures(extractor), at, at + 1),
        });
      }
      return await measurement.result();
    } finally {
      measurement.dispose();
    }
  }

  private site(): MeasurementSite {
    return {
      direction: this.direction,
      imageSize: this.context.config.dataset.image_size,
      count: this.images.length,
      targetCount: this.real.targets.count,
      targets: () => this.real.targetImages(),
      targetFeaturesBy: (extractor) => this.real.targetFeatures(extractor),
      sourceFeaturesBy: (extractor) => this.real.sourceFeatures(extractor),
      trainingFeaturesBy: (extractor, most) => this.real.trainingFeatures(extractor, most),
      signal: this.context.signal,
    };
  }

  /** Features of translations are computed once for all metrics that share an extractor. */
  private withFeatures(batch: TranslatedBatch, images: Tensor4D): MeasuredBatch {
    const known = new Map<string, ReturnType<FeatureSource['of']>>();
    const featuresBy = (extractor: Reference) => {
      const key = JSON.stringify(extractor);
      const features = known.get(key) ?? this.features.of(extractor, images);
      known.set(key, features);
      return features;
    };
    return { ...batch, featuresBy };
  }

  /** The unchanged source as the translation. */
  private asSource(batch: TranslatedBatch, from: number): MeasuredBatch {
    const to = from + batch.source.shape[0];
    const featuresBy = async (extractor: Reference) => rowsOf(await this.real.sourceFeatures(extractor), from, to);
    return { ...batch, translated: batch.source, featuresBy };
  }

  /** Images with all generator outputs for them. The caller owns the tensors. */
  private async batch(images: readonly EvaluationImage[], translator: MeasuredTranslator): Promise<TranslatedBatch> {
    const own: Tensor4D[] = [];
    try {
      const source = await stacked(this.store, images);
      own.push(source);
      const truths = images.flatMap(({ truth }) => truth ?? []);
      const truth = truths.length < images.length ? undefined : await stacked(this.store, truths);
      if (truth !== undefined) own.push(truth);
      return { source, ...(truth && { truth }), ...translator.translate(source, this.direction) };
    } catch (error) {
      tf.dispose(own);
      throw error;
    }
  }
}

interface DirectionRun {
  readonly translated: Measurement;
  readonly unchanged: Measurement;
  readonly measured: readonly NamedMetric[];
  readonly notMeasured: Measured['notMeasured'];
}

/** Whether a baseline of the metric is the same for all generators. @param also what it may not need either */
function isIndependent({ needs }: Metric, also?: 'truth'): boolean {
  const parts = ['reconstructed', 'identity', 'realness', ...(also === undefined ? [] : [also])] as const;
  return parts.every((part) => needs[part] !== true);
}

async function stacked(
  store: PreparedStore,
  images: readonly { readonly split: StoreSplit; readonly index: number }[],
): Promise<Tensor4D> {
  const tensors: Tensor4D[] = [];
  try {
    for (const { split, index } of images) tensors.push(await readTensor(store, split, index));
    if (tensors.length === 1) return tensors.pop()!;
    return tf.concat(tensors);
  } finally {
    tf.dispose(tensors);
  }
}

/** Reports the work of extractors, such as downloads, as that of the stage. */
function sourceWork({ signal, emit }: Pick<EvaluationContext, 'signal' | 'emit'>) {
  return {
    signal,
    progress: ({ phase, unit, done, total }: { phase: string; unit: string; done: number; total: number }) =>
      emit({ kind: 'progress', unit, done, total, phase }),
    note: (level: 'info' | 'warning', text: string) => emit({ kind: 'note', level, text }),
  };
}

function disposeOf({ source, translated, reconstructed, identity, truth, realness }: TranslatedBatch): void {
  tf.dispose([source, translated, reconstructed, identity, truth, realness?.source, realness?.translated]);
}
