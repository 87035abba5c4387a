import { html, type Html } from '../../../report/kit/html.js';
import { formatNumber } from '../../../support/format-number.js';
import { visible } from '../../../support/visible.js';
import type { ComparedMetric, Comparison } from '../../compare/compare-runs.js';
import { CAUTION, contextText, differenceText, sourceText, withInterval } from '../../compare/comparison-text.js';
import type { RecordedValue } from '../../../evaluation/recorded-values.js';
import { arrow } from '../../../report/kit/arrow.js';
import { tag } from '../page-text.js';

/** Values with their intervals, drawn on one scale for each metric, and the verdicts. */
export function metricsSection(comparison: Comparison): Html | undefined {
  const groups = new Map<string, ComparedMetric[]>();
  for (const metric of comparison.metrics) groups.set(metric.metric, [...(groups.get(metric.metric) ?? []), metric]);
  if (groups.size === 0) return undefined;
  return html`<section aria-labelledby="metrics">
    <h2 id="metrics">Metrics</h2>
    <p class="soft">
      A dot is a value, a bar its 95%
      interval;${hasBaseline(comparison) ? html` <i class="tick"></i> is what the unchanged input scores;` : undefined}
      each metric has its own scale. ${CAUTION}
    </p>
    <div class="metrics">${[...groups].map(([name, metrics]) => groupOf(name, metrics, comparison))}</div>
  </section>`;
}

function hasBaseline({ metrics }: Comparison): boolean {
  return metrics.some(({ values }) => values.some((value) => value?.unchanged !== undefined));
}

function groupOf(name: string, metrics: readonly ComparedMetric[], comparison: Comparison): Html {
  const { unit, better } = metrics[0]!;
  const place = scaleOf(metrics);
  const about = [unit === null ? '' : visible(unit), better === null ? '' : `${better} is better`].filter(
    (part) => part !== '',
  );
  return html`<table class="metric">
    <caption>
      <strong>${visible(name)}</strong>
      ${about.join(', ')}
    </caption>
    <colgroup>
      <col class="where" />
      <col class="who" />
      <col class="drawn" />
      <col class="value" />
      <col class="verdict" />
    </colgroup>
    <thead class="for-readers">
      <tr>
        <th scope="col">direction</th>
        <th scope="col">run</th>
        <th scope="col">drawn</th>
        <th scope="col">value</th>
        <th scope="col">verdict</th>
      </tr>
    </thead>
    ${metrics.map(
      (metric) =>
        html`<tbody>
          ${metric.values.map((value, i) => rowOf(metric, value, i, place, comparison))}
        </tbody>`,
    )}
  </table>`;
}

function rowOf(
  metric: ComparedMetric,
  value: RecordedValue | null,
  index: number,
  place: (value: number) => number,
  { runs }: Comparison,
): Html {
  const { direction, verdicts, values } = metric;
  const where = [visible(sourceText(metric)), direction === null ? '' : arrow(direction)]
    .filter((part) => part !== '')
    .join(', ');
  const head = index === 0 ? html`<th scope="rowgroup" rowspan="${values.length}">${where}</th>` : undefined;
  return html`<tr>
    ${head}
    <td class="who">${tag(runs[index]!, index)}</td>
    <td class="drawn">${value === null ? undefined : plot(value, index, place)}</td>
    <td class="value">${value === null ? '–' : withInterval(value)}</td>
    <td class="verdict">
      ${verdicts[index] === null ? html`<span class="soft">${value === null ? '' : contextText(value)}</span>` : verdictOf(metric, index)}
    </td>
  </tr>`;
}

const KIND = {
  better: 'good',
  worse: 'bad',
  'cannot be told apart': 'even',
  'no interval': 'soft',
  'not comparable': 'soft',
} as const;

function verdictOf({ verdicts, values }: ComparedMetric, index: number): Html {
  const verdict = verdicts[index]!;
  const text = [differenceText(verdict, values[index]?.value ?? 0), verdict.reason]
    .filter((part) => part !== '')
    .join(', ');
  return html`<strong class="${KIND[verdict.verdict]}">${verdict.verdict}</strong> <span class="soft">${text}</span>`;
}

function plot(
  { value, interval, unchanged }: RecordedValue,
  index: number,
  place: (value: number) => number,
): Html | undefined {
  if (!Number.isFinite(value)) return undefined;
  const bar =
    interval === undefined
      ? undefined
      : html`<i
          class="bar r${index}"
          style="left:${place(interval[0])}%;width:${round(place(interval[1]) - place(interval[0]))}%"
        ></i>`;
  const base =
    unchanged === undefined || !Number.isFinite(unchanged)
      ? undefined
      : html`<i
          class="base"
          style="left:${place(unchanged)}%"
          title="input unchanged: ${formatNumber(unchanged)}"
        ></i>`;
  return html`<div class="plot" aria-hidden="true">
    ${base}${bar}<i class="dot r${index}" style="left:${place(value)}%"></i>
  </div>`;
}

/** From a value to percent of the width; one scale for both directions. */
function scaleOf(metrics: readonly ComparedMetric[]): (value: number) => number {
  const known = metrics.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  const all = known
    .flatMap(({ value, interval, unchanged }) => [value, ...(interval ?? []), unchanged ?? value])
    .filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return (value) => (high > low ? round(2 + (96 * (value - low)) / (high - low)) : 50);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
