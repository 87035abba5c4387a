import { clock } from '../../../support/clock.js';
import { html, type Content, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { SweepSummary, TrialSummary } from '../../summary/sweep-summary.js';
import { numberText } from '../../summary/summary-text.js';
import { shortNumber } from '../../../report/kit/axis-scale.js';
import { linkTo } from '../link.js';
import { type MetricColumn, metricGroups, type MetricGroup } from '../metrics.js';
import { rowId, type Ranked } from '../ranks.js';
import { plain, shortened } from '../page-text.js';

/** Maximum numbers of metric and parameter columns; the CSV file has all. */
const MOST_METRICS = 16;
const MOST_AXES = 10;
/** Characters of a value that stay on one line. */
const LONG = 28;

/** Every trial with its parameters and results, the best first. */
export function trialsSection(summary: SweepSummary, ranked: readonly Ranked[]): Html | undefined {
  if (ranked.length === 0) return undefined;
  const groups = fitting(metricGroups(summary));
  const axes = summary.axes.slice(0, MOST_AXES);
  const problems = ranked.some(({ trial }) => trial.problem !== null);
  const more = hidden(summary, groups);
  const columns = groups.flatMap(({ columns }) => columns);
  const rows = ranked.map(({ trial, rank }) => {
    const params = axes.map(({ path }) => parameter(trial, path));
    const metrics = columns.map(({ name }) => metric(trial, name, summary));
    return html`<tr id="${rowId(trial)}"><td class="n soft">${rank}</td><th scope="row" class="n">${linked(trial, summary)}</th>${params}${metrics}<td${trial.problem === null ? undefined : html` class="mark"`}>${trial.state}</td><td class="n">${trial.seconds === null ? '' : clock(Math.round(trial.seconds))}</td>${problems ? html`<td class="problem">${visible(trial.problem ?? '')}</td>` : undefined}</tr>`;
  });
  return html`<section aria-labelledby="trials">
    <h2 id="trials">All trials</h2>
    <div class="wide" tabindex="0" role="group" aria-labelledby="trials">
      <table class="trials">
        <thead>
          ${heads(summary, groups, problems)}
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="soft">${ranked.some(hasRun) ? 'A trial’s number links to its run folder.' : ''}${more}</p>
  </section>`;
}

/** Two header rows: the metric, and its direction or epoch. */
function heads(summary: SweepSummary, groups: readonly MetricGroup[], problems: boolean): Html {
  const tall = (text: string, numeric = false) =>
    html`<th scope="col" rowspan="2" ${numeric ? html` class="n"` : undefined}>${text}</th>`;
  const params = summary.axes.slice(0, MOST_AXES).map(({ label, path }) => {
    const numeric = summary.axes.find((axis) => axis.path === path)!.values.every((one) => typeof one === 'number');
    return html`<th scope="col" rowspan="2" title="${visible(path)}" ${numeric ? html` class="n"` : undefined}>
      ${shortened(visible(label), 30)}
    </th>`;
  });
  const isSingle = ([first, ...more]: readonly MetricColumn[]) => more.length === 0 && first!.part === undefined;
  const titles = groups.map(({ title, columns }) =>
    isSingle(columns)
      ? columnHead(columns[0]!, visible(title), summary)
      : html`<th scope="colgroup" colspan="${columns.length}" class="n mid">${visible(title)}</th>`,
  );
  const parts = groups.flatMap(({ columns }) =>
    isSingle(columns) ? [] : columns.map((column) => columnHead(column, undefined, summary)),
  );
  return html`<tr>
      ${tall('', true)}${tall('trial', true)}${params}${titles}${tall('state')}${tall('time', true)}${problems ? tall('problem') : undefined}
    </tr>
    <tr>
      ${parts}
    </tr>`;
}

/** A header cell; one with a title spans both rows. An arrow shows the sort order. */
function columnHead({ name, part = 'mean' }: MetricColumn, title: string | undefined, { metric }: SweepSummary): Html {
  const sorted = name === metric.name;
  const order = !sorted ? '' : metric.better === 'lower' ? ' ↑' : ' ↓';
  const rows = title === undefined ? 1 : 2;
  return html`<th scope="col" rowspan="${rows}" class="n${sorted ? ' by' : ''}">${title ?? part}${order}</th>`;
}

function hasRun({ trial }: Pick<Ranked, 'trial'>): boolean {
  return trial.state !== 'queued';
}

function linked(trial: TrialSummary, { dir }: SweepSummary): Content {
  if (!hasRun({ trial })) return trial.id;
  return html`<a href="${linkTo(dir, trial.runDir)}/" title="${visible(trial.run)}">${trial.id}</a>`;
}

/** A shortened number has its full text as title. */
function parameter({ params }: TrialSummary, path: string): Html {
  const value = params[path];
  const full = plain(value);
  if (typeof value !== 'number') return html`<td class="${full.length > LONG ? 'long' : 'text'}">${full}</td>`;
  const text = shortNumber(value);
  return html`<td class="n" ${text === full ? undefined : html` title="${full}"`}>${text}</td>`;
}

function metric(trial: TrialSummary, name: string, { metric: { name: sorted } }: SweepSummary): Html {
  const own = name === sorted ? trial.value : trial.metrics[name];
  return html`<td class="n${name === sorted ? ' by' : ''}">
    ${own === null || own === undefined ? '' : numberText(own)}
  </td>`;
}

/** As many whole groups as fit; always the first, with the ranking metric. */
function fitting(groups: readonly MetricGroup[]): MetricGroup[] {
  let columns = 0;
  return groups.filter(({ columns: own }, index) => (columns += own.length) <= MOST_METRICS || index === 0);
}

function hidden({ axes, metrics }: SweepSummary, groups: readonly MetricGroup[]): string {
  const shown = new Set(groups.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const more = Math.max(0, axes.length - MOST_AXES) + metrics.filter((name) => !shown.has(name)).length;
  return more === 0 ? '' : ` ${more} more ${more === 1 ? 'column is' : 'columns are'} in sweep.csv.`;
}
