import type { Reference } from '../registry/config.js';
import type {
  Features,
  Metric,
  MetricAccumulator,
  MetricSite,
  MetricValue,
  MetricValues,
  TrainingFeatures,
  TranslatedBatch,
} from '../registry/kinds/metric.js';
import type { NamedMetric } from './make-metric.js';

/** A batch, with its features by each extractor. */
export type MeasuredBatch = Omit<TranslatedBatch, 'features'> & {
  readonly featuresBy?: (extractor: Reference) => Promise<Features>;
};

/** A direction to measure, with the features of its real images by each extractor. */
export type MeasurementSite = Omit<MetricSite, 'targetFeatures' | 'sourceFeatures' | 'trainingFeatures'> & {
  readonly targetFeaturesBy?: (extractor: Reference) => Promise<Features>;
  readonly sourceFeaturesBy?: (extractor: Reference) => Promise<Features>;
  readonly trainingFeaturesBy?: (extractor: Reference, most: number) => Promise<TrainingFeatures>;
};

interface Running extends NamedMetric {
  readonly accumulator: MetricAccumulator;
}

/** Several metrics on one sequence of images: translations, or a baseline in their place. The caller must dispose of it. */
export class Measurement {
  readonly #running: Running[] = [];

  /** @throws what a metric throws, after disposal of the others */
  static async start(metrics: readonly NamedMetric[], site: MeasurementSite): Promise<Measurement> {
    const measurement = new Measurement();
    try {
      for (const named of metrics) {
        const accumulator = await named.metric.start(ownSite(named, site));
        measurement.#running.push({ ...named, accumulator });
      }
      return measurement;
    } catch (error) {
      measurement.dispose();
      throw error;
    }
  }

  async add({ featuresBy, ...batch }: MeasuredBatch): Promise<void> {
    for (const { metric, accumulator } of this.#running) {
      const { extractor } = metric.needs;
      const own = extractor && featuresBy && { features: () => featuresBy(extractor) };
      await accumulator.add({ ...batch, ...own });
    }
  }

  /** Values by the names under which they are written. */
  async result(): Promise<Map<string, MetricValue & Pick<Running, 'metric' | 'options'>>> {
    const all = new Map<string, MetricValue & Pick<Running, 'metric' | 'options'>>();
    for (const { name, metric, options, accumulator } of this.#running) {
      for (const [key, value] of byName(name, metric, await accumulator.result()))
        all.set(key, { ...value, metric, ...(options !== undefined && { options }) });
    }
    return all;
  }

  /** The values of single images by the names under which they are written, in the order of the images; after {@link result}. */
  perImage(): Record<string, readonly number[]> {
    return this.ofImages((accumulator) => accumulator.perImage?.());
  }

  /** The positions of the nearest training images by the same names, of metrics that look for them. */
  neighbours(): Record<string, readonly number[]> {
    return this.ofImages((accumulator) => accumulator.neighbours?.());
  }

  private ofImages(
    read: (accumulator: MetricAccumulator) => readonly number[] | undefined,
  ): Record<string, readonly number[]> {
    const all = this.#running.flatMap(({ name, metric: { imageLabel }, accumulator }) => {
      const values = read(accumulator);
      return values === undefined ? [] : [[imageLabel === undefined ? name : `${name}/${imageLabel}`, values] as const];
    });
    return Object.fromEntries(all);
  }

  dispose(): void {
    for (const { accumulator } of this.#running.splice(0)) accumulator.dispose();
  }
}

/** What a metric may see of a direction: only what it declares. */
function ownSite({ name, metric: { needs } }: NamedMetric, site: MeasurementSite): MetricSite {
  const { targetFeaturesBy, sourceFeaturesBy, trainingFeaturesBy, ...rest } = site;
  const { extractor } = needs;
  return {
    ...rest,
    targets: needs.targets === true ? rest.targets : () => notDeclared(name),
    ...(extractor && targetFeaturesBy && { targetFeatures: () => targetFeaturesBy(extractor) }),
    ...(extractor && sourceFeaturesBy && { sourceFeatures: () => sourceFeaturesBy(extractor) }),
    ...(extractor &&
      trainingFeaturesBy &&
      needs.training === true && { trainingFeatures: (most: number) => trainingFeaturesBy(extractor, most) }),
  };
}

function notDeclared(name: string): never {
  throw new Error(
    `The metric "${name}" asks for the targets and does not say that it needs them: needs: {targets: true}.`,
  );
}

function byName(name: string, { parts }: Metric, values: MetricValues): Map<string, MetricValue> {
  if (parts === undefined) return new Map([[name, values as MetricValue]]);
  const several = values as Readonly<Record<string, MetricValue>>;
  return new Map(
    parts.map((part) => {
      const value = several[part];
      if (value === undefined)
        throw new Error(`The metric "${name}" gives no value "${part}", which is one of its parts.`);
      return [`${name}/${part}`, value];
    }),
  );
}
