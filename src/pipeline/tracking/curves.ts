import type { Config } from '../../registry/config.js';
import { typeOf } from '../../config/reference.js';
import { measuredNames } from '../../evaluation/measured-names.js';
import { methodFacts } from '../../methods/build.js';
import type { Components } from '../../registry/kinds.js';
import { VALIDATION } from '../../registry/metric-name.js';
import type { Curves } from '../../registry/kinds/tracker.js';

/** Descriptions of a run's curves and images, from its method and its metrics. */
export function curvesOf(config: Config, components: Components): Curves {
  const { curves, directions } = methodFacts({ config, components });
  const metrics = config.evaluate.metrics.filter((metric) => components.metric.has(typeOf(metric)));
  const measured = measuredNames(metrics, components);
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
        measured.flatMap(({ name, type }) => {
          const { summary } = components.metric.get(type);
          return directions.flatMap((direction) => [
            [`${VALIDATION}/${direction}/${name}`, `${summary} On the validation images.`],
            [`evaluate/${direction}/${name}`, summary],
          ]);
        }),
      ),
    },
    losses: curves.charts.map(({ title, losses }) => ({ title, tags: losses.map((name) => `loss/${name}`) })),
    metrics: measured.map(({ name }) => {
      const of = (when: string) => directions.map((direction) => `${when}/${direction}/${name}`);
      return { title: name, tags: [...of(VALIDATION), ...of('evaluate')] };
    }),
  };
}
