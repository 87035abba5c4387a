import { typeOf } from '../../config/reference.js';
import { makeMetric } from '../../evaluation/make-metric.js';
import { DEFAULT_VALIDATION_IMAGES } from '../../evaluation/evaluate-section.js';
import { extractorIdentities } from '../../evaluation/extractor-identities.js';
import type { Reference } from '../../registry/config.js';
import type { ConfigView } from '../../registry/kinds/stage.js';
import { sha256File } from '../../support/hash.js';
import type { Json } from '../../support/json.js';

/**
 * What decides when a training stops early, for its fingerprint: the metric with its options and its plugin, and when and on how many images
 * it is measured. null without early stopping: then no validation can change a weight.
 */
export async function stopIdentity(view: ConfigView, signal?: AbortSignal): Promise<Json> {
  const { train, evaluate } = view.config;
  const stop = train.early_stopping;
  if (stop === null || stop === undefined) return null;
  const own = evaluate.metrics.filter((reference) => {
    const { name } = makeMetric(view.components, reference);
    return stop.metric === name || stop.metric.startsWith(`${name}/`);
  });
  const plugins = await pluginsBehind(view, own);
  return {
    metrics: own,
    ...(plugins.length > 0 && { plugins }),
    extractors: await extractorIdentities(view, own, signal),
    every: evaluate.every ?? 'auto',
    every_steps: evaluate.every_steps ?? null,
    images: evaluate.validation_images ?? DEFAULT_VALIDATION_IMAGES,
  };
}

/** The checksums of the plugins that define the metrics and their extractors. */
async function pluginsBehind({ components }: ConfigView, metrics: readonly Reference[]): Promise<string[]> {
  const files = metrics.flatMap((reference) => {
    const { extractor } = makeMetric(components, reference).metric.needs;
    const origins = [components.metric.originOf(typeOf(reference))];
    if (extractor !== undefined) origins.push(components.extractor.originOf(typeOf(extractor)));
    return origins.filter((file) => file !== undefined);
  });
  return Promise.all([...new Set(files)].map((file) => sha256File(file)));
}
