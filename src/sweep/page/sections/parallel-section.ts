import { counted } from '../../../support/plain-text.js';
import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { SweepAxis, SweepSummary } from '../../summary/sweep-summary.js';
import { scaleOfAxis, shownAxes } from '../shown-axes.js';
import { parallel, type Column } from '../charts/parallel-chart.js';
import { metricScale } from '../../../report/kit/axis-scale.js';
import { metricOf, otherMetrics } from '../metrics.js';
import { measuredTrials, type MeasuredTrial, type Ranked } from '../ranks.js';
import { key } from './axes-section.js';

const MOST_COLUMNS = 8;

/** All parameters and metrics in one chart; nothing with fewer than two trials or columns. */
export function parallelSection(summary: SweepSummary, ranked: readonly Ranked[]): Html | undefined {
  const trials = measuredTrials(ranked);
  const columns = columnsOf(summary, trials);
  if (trials.length < 2 || columns.length < 2) return undefined;
  const unmeasured = summary.trials.length - trials.length;
  const hidden = shownAxes(summary).length + 1 + otherMetrics(summary).length - columns.length;
  return html`<section aria-labelledby="parallel">
    <h2 id="parallel">All at once</h2>
    <p class="soft">
      A line is a trial, ${key()} by ${visible(summary.metric.name)}; point at one to single it out, click for its row
      in the table.
      ${unmeasured > 0 ? `${counted(unmeasured, 'trial')} without a value ${unmeasured === 1 ? 'is' : 'are'} left out.` : ''}
      ${hidden > 0 ? `${counted(hidden, 'more column')} ${hidden === 1 ? 'is' : 'are'} in the table only.` : ''}
    </p>
    <div class="wide" tabindex="0" role="group" aria-labelledby="parallel">${parallel(columns, trials, summary)}</div>
  </section>`;
}

/** Parameters (seeds last), then the ranking metric, then other metrics up to the limit. */
function columnsOf(summary: SweepSummary, trials: readonly MeasuredTrial[]): Column[] {
  const axes = shownAxes(summary).slice(0, MOST_COLUMNS - 1);
  const others = MOST_COLUMNS - axes.length - 1;
  const metrics = [summary.metric.name, ...otherMetrics(summary).slice(0, others)];
  return [...axes.map(columnOfAxis), ...metrics.map((name) => columnOfMetric(name, summary, trials))];
}

function columnOfAxis(axis: SweepAxis): Column {
  const scale = scaleOfAxis(axis);
  const note = scale.kind === 'logarithmic' ? 'logarithmic' : '';
  return { title: visible(axis.label), note, counts: false, scale, valueOf: ({ trial }) => trial.params[axis.path] };
}

function columnOfMetric(name: string, summary: SweepSummary, trials: readonly MeasuredTrial[]): Column {
  const valueOf = ({ trial }: MeasuredTrial) => metricOf(trial, name, summary);
  const scale = metricScale(trials.map(valueOf).filter((value) => value !== undefined));
  const counts = name === summary.metric.name;
  const note = counts ? `${summary.metric.better} is better` : '';
  return { title: visible(name), note, counts, scale, valueOf };
}
