import { formatNumber, formatNumberLike, formatWithin } from '../../../support/format-number.js';
import { html, type Html } from '../../kit/html.js';
import { count } from '../../../support/plain-text.js';
import { visible } from '../../../support/visible.js';
import type { ReportCheckpoint, ReportEvaluation, ReportValue } from '../run-report.js';
import { arrow } from '../../kit/arrow.js';
import { timeOf } from '../text.js';
import { scaleOf } from './metric-scale.js';

/** What was measured: a table of all metrics, with each value between the untranslated input and real images. */
export function metricsSection(evaluations: readonly ReportEvaluation[]): Html | undefined {
  const measured = evaluations.filter(({ checkpoints }) => checkpoints.length > 0);
  if (measured.length === 0) return undefined;
  return html`<section aria-labelledby="metrics">
    <h2 id="metrics">Metrics</h2>
    ${measured.map((evaluation) => tableOf(evaluation, measured.length > 1))} ${keyOf(measured)}
  </section>`;
}

function tableOf({ stage, checkpoints }: ReportEvaluation, isNamed: boolean): Html {
  const directions = [...new Set(checkpoints.flatMap(({ metrics }) => Object.keys(metrics)))];
  const all = checkpoints.flatMap(({ metrics }) => Object.values(metrics).flatMap((values) => Object.values(values)));
  const has = { unchanged: all.some(hasUnchanged), real: all.some(hasReal) };
  return html`${isNamed ? html`<h3>${visible(stage)}</h3>` : undefined}
    <div class="wide" tabindex="0" role="region" aria-label="Metrics${isNamed ? ` of ${visible(stage)}` : ''}">
      <table class="metrics">
        <thead>
          <tr>
            <th scope="col">metric</th>
            ${checkpoints.map((checkpoint, i) => html`<th scope="col" class="n">${titleOf(checkpoint, i, checkpoints.length)}</th>`)}
            ${has.unchanged || has.real ? html`<th scope="col" class="scale-head">${has.real ? 'from input to real' : 'against the input'}</th>` : undefined}
            ${has.unchanged ? html`<th scope="col" class="n">input unchanged</th>` : undefined}
            ${has.real ? html`<th scope="col" class="n">real images</th>` : undefined}
            <th scope="col" class="n">images</th>
          </tr>
        </thead>
        ${directions.map((direction) => groupOf(direction, checkpoints, has))}
      </table>
    </div>`;
}

interface Columns {
  readonly unchanged: boolean;
  readonly real: boolean;
}

function groupOf(direction: string, checkpoints: readonly ReportCheckpoint[], has: Columns): Html {
  const names = [...new Set(checkpoints.flatMap(({ metrics }) => Object.keys(metrics[direction] ?? {})))];
  const columns =
    2 + checkpoints.length + (has.unchanged || has.real ? 1 : 0) + Number(has.unchanged) + Number(has.real);
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan="${columns}">${arrow(direction)}</th>
    </tr>
    ${names.map((name) =>
      rowOf(
        name,
        checkpoints.map(({ metrics }) => metrics[direction]?.[name]),
        has,
      ),
    )}
  </tbody>`;
}

function rowOf(name: string, values: readonly (ReportValue | undefined)[], has: Columns): Html {
  const first = values.find((value) => value !== undefined)!;
  const { better, diagnostic, unit, unchanged, real, count: images } = first;
  return html`<tr>
    <th scope="row">
      ${visible(name)}${unit === null ? undefined : html` <span class="soft">${visible(unit)}</span>`}${betterSign(diagnostic === true ? null : better)}
    </th>
    ${values.map((value) => html`<td class="n">${value === undefined ? '–' : valueCell(value)}</td>`)}
    ${has.unchanged || has.real ? html`<td class="scale">${scaleOf(values.filter((value) => value !== undefined))}</td>` : undefined}
    ${has.unchanged ? html`<td class="n soft">${unchanged === null ? '' : formatNumber(unchanged)}</td>` : undefined}
    ${has.real ? html`<td class="n soft">${real === null ? '' : formatNumber(real)}</td>` : undefined}
    <td class="n soft">${images === null ? '' : count(images)}</td>
  </tr>`;
}

function valueCell({ value, interval, alarm }: ReportValue): Html {
  const range =
    interval === null
      ? undefined
      : html`<span class="range"
          >${formatNumberLike(interval[0], value)} to ${formatNumberLike(interval[1], value)}</span
        >`;
  const sign = alarm === null ? undefined : html` <span class="mark" title="${visible(alarm)}">!</span>`;
  const shown = formatWithin(value, interval);
  return html`<b>${shown}</b>${sign}${range}`;
}

function betterSign(better: ReportValue['better']): Html | undefined {
  if (better === null) return undefined;
  const text = `${better} is better`;
  return html` <span class="better" role="img" aria-label="${text}" title="${text}"
    >${better === 'lower' ? '↓' : '↑'}</span
  >`;
}

/** With the colour that its values have on the scales, where there are several. */
function titleOf(checkpoint: ReportCheckpoint, i: number, of: number): Html {
  const at = timeOf(checkpoint);
  const dot = html`<span class="dot v${i}" aria-hidden="true">●</span> `;
  return html`${of > 1 ? dot : undefined}${of > 1 ? visible(checkpoint.name) : 'value'}${at === '' ? undefined : html`<span class="at">${at}</span>`}`;
}

/** What the signs mean, as far as they are in the tables. */
function keyOf(evaluations: readonly ReportEvaluation[]): Html {
  const all = evaluations.flatMap(({ checkpoints }) =>
    checkpoints.flatMap(({ metrics }) => Object.values(metrics).flatMap((values) => Object.values(values))),
  );
  const parts = [
    '↓ lower is better, ↑ higher is better.',
    ...(all.some(({ interval }) => interval !== null) ? ['Below a value: its 95% interval.'] : []),
    ...(all.some(hasUnchanged)
      ? [
          'Scale: ○ what the untranslated input scores, ● a value with its interval' +
            (all.some(hasReal) ? ', | what real images of the target domain score.' : '.'),
        ]
      : []),
  ];
  return html`<p class="soft key">${parts.join(' ')}</p>`;
}

const hasUnchanged = ({ unchanged }: ReportValue): boolean => unchanged !== null;
const hasReal = ({ real }: ReportValue): boolean => real !== null;
