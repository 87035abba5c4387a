import type {
  Features,
  Metric,
  MetricAccumulator,
  MetricSite,
  MetricValues,
  TranslatedBatch,
} from '../registry/kinds/metric.js';
import { joined } from './feature-source.js';

/** The features that a metric of sets compares. */
export interface FeatureSets {
  readonly translated: Features;
  readonly targets: Features;
  readonly site: MetricSite;
}

/** What a metric computes of two sets of features. */
export interface FeatureResult {
  readonly values: MetricValues;
  readonly perImage?: readonly number[];
  /** See {@link MetricAccumulator.neighbours}. */
  readonly neighbours?: readonly number[];
}

/** A metric that compares the features of all translations with those of all targets. */
export function featureMetric(
  traits: Omit<Metric, 'start'>,
  measure: (sets: FeatureSets) => FeatureResult | Promise<FeatureResult>,
): Metric {
  return { ...traits, start: (site) => new FeatureAccumulator(site, measure) };
}

class FeatureAccumulator implements MetricAccumulator {
  readonly #parts: Features[] = [];
  #result: FeatureResult | undefined;

  constructor(
    private readonly site: MetricSite,
    private readonly measure: (sets: FeatureSets) => FeatureResult | Promise<FeatureResult>,
  ) {}

  async add(batch: TranslatedBatch): Promise<void> {
    if (batch.features === undefined)
      throw new Error('A metric that needs an extractor was given a batch without features.');
    this.#parts.push(await batch.features());
  }

  async result(): Promise<MetricValues> {
    if (this.site.targetFeatures === undefined)
      throw new Error('A metric that needs an extractor was started without features of the targets.');
    const [translated, targets] = [joined(this.#parts), await this.site.targetFeatures()];
    this.#result = await this.measure({ translated, targets, site: this.site });
    return this.#result.values;
  }

  perImage(): readonly number[] {
    return this.#result?.perImage ?? [];
  }

  neighbours(): readonly number[] | undefined {
    return this.#result?.neighbours;
  }

  dispose(): void {
    this.#parts.length = 0;
  }
}
