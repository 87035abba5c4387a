import type { Reference } from '../registry/config.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import { make } from '../registry/make.js';
import type { Json } from '../support/json.js';
import { makeMetric } from './make-metric.js';

/**
 * What determines the features that metrics compare, for a stage's fingerprint: the weights' checksums, by the metrics' names. Null
 * without an extractor.
 */
export async function extractorIdentities(
  { components }: Pick<ConfigView, 'components'>,
  metrics: readonly Reference[],
  signal?: AbortSignal,
): Promise<Json> {
  const identities: Record<string, Json> = {};
  for (const reference of metrics) {
    const { name, metric } = makeMetric(components, reference);
    const { extractor } = metric.needs;
    if (extractor === undefined) continue;
    identities[name] = await make(components.extractor, extractor, undefined).identity(signal);
  }
  return Object.keys(identities).length === 0 ? null : identities;
}
