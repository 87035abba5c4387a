import { makeMetric } from '../../evaluation/make-metric.js';
import { DEFAULT_VALIDATION_IMAGES } from '../../evaluation/evaluate-section.js';
import { extractorIdentities } from '../../evaluation/extractor-identities.js';
import type { ConfigView } from '../../registry/kinds/stage.js';
import type { Json } from '../../support/json.js';

/**
 * What decides when a training stops early, for its fingerprint: the metric with its options, and when and on how many images it is
 * measured. null without early stopping: then no validation can change a weight.
 */
export async function stopIdentity(view: ConfigView, signal?: AbortSignal): Promise<Json> {
  const { train, evaluate } = view.config;
  const stop = train.early_stopping;
  if (stop === null || stop === undefined) return null;
  const own = evaluate.metrics.filter((reference) => {
    const { name } = makeMetric(view.components, reference);
    return stop.metric === name || stop.metric.startsWith(`${name}/`);
  });
  return {
    metrics: own,
    extractors: await extractorIdentities(view, own, signal),
    every: evaluate.every ?? 'auto',
    every_steps: evaluate.every_steps ?? null,
    images: evaluate.validation_images ?? DEFAULT_VALIDATION_IMAGES,
  };
}
