import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import { counted } from '../../../support/plain-text.js';
import type { SweepAxis, SweepSummary } from '../../summary/sweep-summary.js';
import { scaleOfAxis, shownAxes } from '../shown-axes.js';
import { axisChart } from '../charts/axis-chart.js';
import { areRepeated, groupsBy } from '../../summary/groups.js';
import { measuredTrials, type Ranked } from '../ranks.js';

/** Maximum number of charts. */
const MOST_CHARTS = 8;

/** The metric against each axis; nothing if there is nothing to compare. */
export function axesSection(summary: SweepSummary, ranked: readonly Ranked[]): Html | undefined {
  const axes = shownAxes(summary);
  if (axes.length === 0 || measuredTrials(ranked).length === 0) return undefined;
  const shown = axes.slice(0, MOST_CHARTS);
  const { name, unit, better } = summary.metric;
  return html`<section aria-labelledby="axes">
    <h2 id="axes">${visible(name)}${unit === undefined ? '' : ` (${visible(unit)})`} against each parameter</h2>
    <p class="soft">A point is a trial, ${key()}; ${better} is better.${explained(shown, ranked)}</p>
    <div class="charts">
      ${shown.map(
        (axis) =>
          html`<figure>
            <figcaption>${title(axis)}</figcaption>
            ${axisChart(axis, ranked, summary)}
          </figure>`,
      )}
    </div>
    ${axes.length > shown.length ? html`<p class="soft">${counted(axes.length - shown.length, 'more parameter')}: see the table.</p>` : undefined}
  </section>`;
}

/** The colour key. */
export function key(): Html {
  return html`coloured from <span class="key"><span>best</span><i></i><span>to worst</span></span>`;
}

function title(axis: SweepAxis): Html {
  const { kind } = scaleOfAxis(axis);
  return html`<strong>${visible(axis.path)}</strong>${kind === 'logarithmic' ? ', logarithmic' : ''}`;
}

/** Explains the marks that are present. */
function explained(axes: readonly SweepAxis[], ranked: readonly Ranked[]): string {
  const trials = measuredTrials(ranked);
  const means = axes.some((axis) => areRepeated(groupsBy(trials, ({ params }) => params[axis.path])));
  const failed = ranked.some(({ trial: { state } }) => state === 'failed' || state === 'crashed');
  return [
    means
      ? ' Where trials share a value, the dash is their mean, and the band one standard deviation up and down.'
      : '',
    failed ? ' A cross at the foot is a trial that failed.' : '',
  ].join('');
}
