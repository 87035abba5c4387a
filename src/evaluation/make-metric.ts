import type { Reference } from '../registry/config.js';
import { typeOf } from '../config/reference.js';
import type { Components } from '../registry/kinds.js';
import type { Metric } from '../registry/kinds/metric.js';
import { make } from '../registry/make.js';
import { ProblemError } from '../support/problem.js';

/** @throws ProblemError when a plugin's metric does not implement the current interface */
export function makeMetric({ metric }: Pick<Components, 'metric'>, reference: Reference): Metric {
  const created: Partial<Metric> = make(metric, reference, undefined);
  if (typeof created.needs === 'object' && typeof created.start === 'function') return created as Metric;
  const file = metric.originOf(typeOf(reference));
  throw new ProblemError({
    code: 'bad-plugin',
    message: `The metric "${typeOf(reference)}"${file === undefined ? '' : ` of ${file}`} has no \`needs\` or no \`start\`.`,
    cure: 'A metric says what it needs (`needs: {truth: true}`, or {}) and sees batches: see "Your own components" in docs/config.md.',
  });
}
