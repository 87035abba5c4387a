import type { Config } from '../../registry/config.js';
import { typeOf } from '../../config/reference.js';
import { makeMetric } from '../../evaluation/make-metric.js';
import { methodFacts } from '../../methods/build.js';
import type { Components } from '../../registry/kinds.js';
import type { Curves } from '../../registry/kinds/tracker.js';

/** Descriptions of a run's curves and images, from its method and its metrics. */
export function curvesOf(config: Config, components: Components): Curves {
  const { curves, directions } = methodFacts({ config, components });
  const metrics = config.evaluate.metrics.filter((metric) => components.metric.has(typeOf(metric)));
  return {
    descriptions: {
      ...Object.fromEntries(curves.losses.map(({ name, description }) => [`loss/${name}`, description])),
      ...Object.fromEntries(
        Object.entries(curves.rows).map(([direction, row]) => [
          `samples/${direction}`,
          `The same images again and again, a row each: ${row}.`,
        ]),
      ),
      ...Object.fromEntries(
        metrics.flatMap((metric) =>
          directions.map((direction) => {
            return [
              `evaluate/${direction}/${makeMetric(components, metric).name}`,
              components.metric.get(typeOf(metric)).summary,
            ];
          }),
        ),
      ),
    },
    losses: curves.charts.map(({ title, losses }) => ({ title, tags: losses.map((name) => `loss/${name}`) })),
  };
}
