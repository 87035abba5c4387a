import { makeMetric } from './make-metric.js';
import type {
  Metric,
  MetricAccumulator,
  MetricNeeds,
  MetricSite,
  MetricValue,
  MetricValues,
  TranslatedBatch,
} from '../registry/kinds/metric.js';
import type { ConfigView } from '../registry/kinds/stage.js';

/** A metric's value by its name; `unchanged` is what the untranslated input scores. */
export type MeasuredValues = Readonly<Record<string, MeasuredValue>>;
export type MeasuredValue = Pick<Metric, 'better' | 'unit'> & MetricValue & { readonly unchanged?: number };

/** A metric of the config that could not be measured, and the input that is missing. */
export interface NotMeasured {
  readonly name: string;
  readonly lacks: Exclude<keyof MetricNeeds, 'extractor'>;
}

interface Running {
  readonly name: string;
  readonly metric: Metric;
  readonly translated: MetricAccumulator;
  readonly unchanged?: MetricAccumulator;
}

/** All metrics of a config on the test images of one direction. The caller must dispose of it. */
export class Measurement {
  readonly notMeasured: NotMeasured[] = [];
  readonly #running: Running[] = [];

  /** @param first the first batch; shows which parts translations have @throws what a metric throws, after disposal of the others */
  static async start(view: ConfigView, first: TranslatedBatch, site: MetricSite): Promise<Measurement> {
    const measurement = new Measurement();
    try {
      for (const reference of view.config.evaluate.metrics) {
        const { name, metric } = makeMetric(view.components, reference);
        await measurement.begin(name, metric, first, site);
      }
      return measurement;
    } catch (error) {
      measurement.dispose();
      throw error;
    }
  }

  async add(batch: TranslatedBatch): Promise<void> {
    for (const { translated, unchanged } of this.#running) {
      await translated.add(batch);
      await unchanged?.add({ ...batch, translated: batch.source });
    }
  }

  async result(): Promise<MeasuredValues> {
    const all: [string, MeasuredValue][] = [];
    for (const { name, metric, translated, unchanged } of this.#running) {
      const values = byName(name, metric, await translated.result());
      const before = unchanged && byName(name, metric, await unchanged.result());
      for (const [key, { value, count, interval }] of values) {
        const { unit, better } = metric;
        all.push([key, { value, unchanged: before?.get(key)?.value, unit, better, count, interval }]);
      }
    }
    return Object.fromEntries(all);
  }

  /** The values of single images, in the order in which they were added, of the metrics that have them; after {@link result}. */
  perImage(): Record<string, readonly number[]> {
    const all = this.#running.map(({ name, translated }) => [name, translated.perImage?.()] as const);
    return Object.fromEntries(all.flatMap(([name, values]) => (values === undefined ? [] : [[name, values]])));
  }

  dispose(): void {
    for (const { translated, unchanged } of this.#running.splice(0)) {
      translated.dispose();
      unchanged?.dispose();
    }
  }

  private async begin(name: string, metric: Metric, first: TranslatedBatch, site: MetricSite): Promise<void> {
    const lacks = lackingFor(metric.needs, first, site);
    if (lacks !== undefined) {
      this.notMeasured.push({ name, lacks });
      return;
    }
    const own = metric.needs.targets === true ? site : { ...site, targets: () => notDeclared(name) };
    const translated = await metric.start(own);
    const index = this.#running.push({ name, metric, translated }) - 1;
    if (metric.needs.truth !== true && metric.needs.targets !== true) return;
    this.#running[index] = { name, metric, translated, unchanged: await metric.start(own) };
  }
}

function lackingFor(needs: MetricNeeds, batch: TranslatedBatch, { targetCount }: MetricSite) {
  const isThere = (need: Exclude<keyof MetricNeeds, 'extractor'>) =>
    need === 'targets' ? targetCount > 0 : batch[need] !== undefined;
  return (['truth', 'reconstructed', 'identity', 'realness', 'targets'] as const).find(
    (need) => needs[need] === true && !isThere(need),
  );
}

function notDeclared(name: string): never {
  throw new Error(
    `The metric "${name}" asks for the targets and does not say that it needs them: needs: {targets: true}.`,
  );
}

/** Values by the names under which they are written. */
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
