import type { TrackerSite } from '../../registry/kinds/tracker.js';
import type { Category, Chart, SummaryValue } from './message-types.js';
import { encodeLayout } from './event-messages.js';
import { pluginTensor } from './values.js';

/**
 * Groups curves into charts of the Custom Scalars dashboard (tensorboard/plugins/custom_scalar/layout.proto). TensorBoard merges the
 * layouts of all runs, so there are charts only for curves of this run.
 */
export function layout({ config, curves }: Pick<TrackerSite, 'config' | 'curves'>): SummaryValue {
  const losses = { title: 'Losses', chart: curves.losses.map(({ title, tags }) => chart(title, tags)) };
  const content = encodeLayout({ category: [losses, ...evaluation({ config, curves }), training] });
  return pluginTensor('custom_scalars__config__', 'custom_scalars', content);
}

function evaluation({ config, curves }: Pick<TrackerSite, 'config' | 'curves'>): Category[] {
  const isMeasured = Object.values(config.stages).some(({ type }) => type === 'evaluate');
  if (!isMeasured || curves.metrics.length === 0) return [];
  return [
    {
      title: 'Validation and test, both directions',
      chart: curves.metrics.map(({ title, tags }) => chart(title, tags)),
    },
  ];
}

const training: Category = {
  title: 'Training',
  chart: [
    chart('Learning rate', ['learning-rate']),
    chart('Steps a second', ['speed/steps-per-second']),
    chart('Memory (MB)', ['memory/rss-mb']),
  ],
  closed: true,
};

/** TensorBoard treats tags as regular expressions that match from the beginning. */
function chart(title: string, tags: readonly string[]): Chart {
  const exactly = (tag: string) => `${tag.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  return { title, multiline: { tag: tags.map(exactly) } };
}
