import type { Reference } from '../registry/config.js';
import { nameOf, typeOf } from '../config/reference.js';
import type { Components } from '../registry/kinds.js';
import type { Metric } from '../registry/kinds/metric.js';
import { make } from '../registry/make.js';
import { ProblemError } from '../support/problem.js';
import { optionsHash } from './metric-options.js';

/** A metric and the name of its values in files and curves. */
export interface NamedMetric {
  readonly name: string;
  readonly metric: Metric;
  /** Of its options: {@link optionsHash}. */
  readonly options?: string;
}

/**
 * Creates a metric that a config names. Its name is the config's, else that of its protocol (`kd-efficientnet-lite0`), else its type.
 *
 * @throws ProblemError when a plugin's metric does not implement the current interface
 */
export function makeMetric(components: Pick<Components, 'metric' | 'extractor'>, reference: Reference): NamedMetric {
  const metric = created(components, reference);
  const name = named(reference) ?? protocolName(components, metric) ?? typeOf(reference);
  return { name, metric, options: optionsHash(components, reference) };
}

function created({ metric }: Pick<Components, 'metric'>, reference: Reference): Metric {
  const product: Partial<Metric> = make(metric, reference, undefined);
  if (typeof product.needs === 'object' && typeof product.start === 'function') return product as Metric;
  const file = metric.originOf(typeOf(reference));
  throw new ProblemError({
    code: 'bad-plugin',
    message: `The metric "${typeOf(reference)}"${file === undefined ? '' : ` of ${file}`} has no \`needs\` or no \`start\`.`,
    cure: 'A metric says what it needs (`needs: {truth: true}`, or {}) and sees batches: see "Your own components" in docs/config.md.',
  });
}

/** The name that the config gives. */
function named(reference: Reference): string | undefined {
  const name = typeof reference === 'string' ? undefined : reference['name'];
  return typeof name === 'string' ? name : undefined;
}

/** Only distances over the features that define FID and KID may be called that; others name their extractor. */
function protocolName({ extractor }: Pick<Components, 'extractor'>, metric: Metric): string | undefined {
  const { label, standardName, needs } = metric;
  if (label === undefined || needs.extractor === undefined) return label;
  const isStandard = extractor.get(typeOf(needs.extractor)).standard === true;
  return isStandard && standardName !== undefined ? standardName : `${label}-${nameOf(needs.extractor)}`;
}
