import type { EvaluationSplit, TrainingSplit } from './evaluation-images.js';
import type { Metric, MetricNeeds, MetricSite, MetricValue, TranslatedBatch } from '../registry/kinds/metric.js';
import type { NamedMetric } from './make-metric.js';

/** A direction's values and what could not be measured. */
export interface Measured {
  readonly values: MeasuredValues;
  /** Values of single images by the names under which they are written, in the order of the images. */
  readonly perImage: Readonly<Record<string, readonly number[]>>;
  /** Of some of these names: for each image the position of the nearest training image of the target domain. */
  readonly neighbours: Readonly<Record<string, readonly number[]>>;
  readonly notMeasured: readonly NotMeasured[];
}

/** A metric's value by its name. */
export type MeasuredValues = Readonly<Record<string, MeasuredValue>>;

export type MeasuredValue = Pick<Metric, 'better' | 'unit' | 'diagnostic' | 'directions'> &
  MetricValue & {
    /** What the untranslated input scores. */
    readonly unchanged?: number;
    /** What other real images of the target domain score: the best that a translation can be expected to reach. */
    readonly real?: number;
    /** The number of these images, if it is not that of the translations. */
    readonly realCount?: number;
    /** The real images with which it compares, and their number. */
    readonly reference?: EvaluationSplit | TrainingSplit;
    readonly referenceCount?: number;
    /** A hash of the metric's options: values of other options are not comparable. */
    readonly options?: string;
  };

/** A metric of the config that could not be measured, and the input that is missing. */
export interface NotMeasured {
  readonly name: string;
  /** The number of images of each set that it needs, where it lacks images. */
  readonly images?: number;
  readonly lacks: Exclude<keyof MetricNeeds, 'extractor' | 'training'>;
}

/**
 * The metrics whose needs are met, and the others.
 *
 * @param batch the first one; shows which parts translations have
 * @param counts of the images that are translated, and of the targets
 */
export function measurable(
  metrics: readonly NamedMetric[],
  batch: Omit<TranslatedBatch, 'features'>,
  { count, targetCount }: Pick<MetricSite, 'count' | 'targetCount'>,
): { readonly measured: NamedMetric[]; readonly notMeasured: NotMeasured[] } {
  const isThere = (need: (typeof NEEDS)[number]) => (need === 'targets' ? targetCount > 0 : batch[need] !== undefined);
  const measured: NamedMetric[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const named of metrics) {
    const { name, metric } = named;
    const { images = 1, targets } = metric.needs;
    const lacks = NEEDS.find((need) => metric.needs[need] === true && !isThere(need));
    const fewest = targets === true ? Math.min(count, targetCount) : count;
    if (lacks !== undefined) notMeasured.push({ name, lacks });
    else if (fewest < images) notMeasured.push({ name, lacks: 'images', images });
    else measured.push(named);
  }
  return { measured, notMeasured };
}

const NEEDS = ['truth', 'reconstructed', 'identity', 'realness', 'targets'] as const;
