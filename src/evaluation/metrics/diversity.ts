import type { Reference } from '../../registry/config.js';
import type { MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { percentiles, resampleCounts } from '../bootstrap.js';
import { featureMetric } from '../feature-metric.js';
import { EXTRACTOR } from './extractor-option.js';
import { meanOfPairs } from './resampled-pairs.js';
import { distances, type Rows } from './rows.js';

/** Below it, translations are called nearly the same. */
export const COLLAPSED_BELOW = 0.3;

export const diversity: MetricComponent<{ readonly extractor: Reference }> = {
  summary: 'How different the translations are from each other, as a share of how different the real targets are.',
  details: `The mean distance between the features of two translations, divided by that of two real targets. Near 1 for real images, near 0 for a collapsed generator, which makes the same image of every source: below ${COLLAPSED_BELOW} the evaluation warns. Above 1 is no better than 1: noise is diverse, too.`,
  schema: { properties: { extractor: EXTRACTOR } },
  create: ({ extractor }) =>
    featureMetric(
      { better: 'higher', diagnostic: true, label: 'diversity', needs: { targets: true, images: 2, extractor } },
      async ({ translated, targets }) => ({ values: await diversityOf(translated, targets) }),
    ),
};

/**
 * Not a number if a set has fewer than two images. The interval is the percentile bootstrap over the images of both sets, in which the
 * distance of 0 between an image and its own copy does not count.
 */
export async function diversityOf(translated: Rows, targets: Rows): Promise<MetricValue> {
  const { count } = translated;
  const [x, y] = [await distances(translated, translated), await distances(targets, targets)];
  const once = (n: number) => new Float32Array(n).fill(1);
  const [own] = await meanOfPairs(once(count), x, count);
  const [real] = await meanOfPairs(once(targets.count), y, targets.count);
  const value = own! / real!;
  if (!Number.isFinite(value)) return { value: NaN, count };
  const resampled = await meanOfPairs(resampleCounts(count, 'x'), x, count);
  const reference = await meanOfPairs(resampleCounts(targets.count, 'y'), y, targets.count);
  const interval = percentiles(resampled.map((mean, i) => mean / reference[i]!).filter(Number.isFinite));
  return { value, count, interval, ...(value < COLLAPSED_BELOW && { alarm: 'nearly all translations look the same' }) };
}
