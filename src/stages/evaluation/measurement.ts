import { nameOf } from '../../config/reference.js';
import type { Metric, MetricAccumulator, TranslatedPicture } from '../../registry/kinds/metric.js';
import type { ConfigView } from '../../registry/kinds/stage.js';
import { make } from '../../registry/make.js';

/** A metric's value by its name; `unchanged` is what the untranslated input scores against the truth. */
export type Measured = Readonly<Record<string, MeasuredValue>>;
export type MeasuredValue = Pick<Metric, 'better' | 'unit'> & { readonly value: number; readonly unchanged?: number };

/** The metrics that a config asks for and that cannot be had without true translations. */
export function needingTruth({ config, components }: ConfigView): string[] {
  const needing = config.evaluate.metrics.filter((each) => make(components.metric, each, undefined).needsTruth);
  return needing.map(nameOf);
}

/** All of a config's metrics over the test pictures of one direction. */
export class Measurement {
  readonly #metrics: readonly {
    name: string;
    metric: Metric;
    translated: MetricAccumulator;
    unchanged?: MetricAccumulator;
  }[];

  /** @param truthKnown whether pictures come with their true translation; metrics that need it are left out without */
  constructor({ config, components }: ConfigView, truthKnown: boolean) {
    this.#metrics = config.evaluate.metrics
      .map((each) => ({ name: nameOf(each), metric: make(components.metric, each, undefined) }))
      .filter(({ metric }) => truthKnown || !metric.needsTruth)
      .map(({ name, metric }) => ({
        name,
        metric,
        translated: metric.start(),
        unchanged: metric.needsTruth ? metric.start() : undefined,
      }));
  }

  add(picture: TranslatedPicture): void {
    for (const { translated, unchanged } of this.#metrics) {
      translated.add(picture);
      unchanged?.add({ ...picture, translated: picture.source });
    }
  }

  result(): Measured {
    return Object.fromEntries(
      this.#metrics.map(({ name, metric, translated, unchanged }) => [
        name,
        { value: translated.result(), unchanged: unchanged?.result(), unit: metric.unit, better: metric.better },
      ]),
    );
  }
}
