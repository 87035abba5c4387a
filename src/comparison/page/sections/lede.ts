import { html, type Html } from '../../../report/kit/html.js';
import { duration } from '../../../support/duration.js';
import { count, counted as countedThings } from '../../../support/plain-text.js';
import { visible } from '../../../support/visible.js';
import { isOfValidation, type ComparedMetric, type ComparedRun, type Comparison } from '../../compare/compare-runs.js';
import type { Verdict } from '../../compare/verdict.js';
import { arrow } from '../../../report/kit/arrow.js';
import { listed, tag } from '../page-text.js';

/** Names of this many metrics in a sentence; of more, their number. */
const MOST_NAMES = 4;

export function titleOf({ runs }: Comparison): string {
  const names = runs.map(({ entry }) => visible(entry.name));
  return runs.length < 4 ? `${listed(names)}, compared` : `${names[0]!} and ${runs.length - 1} others, compared`;
}

/** A sentence for each run: in which metrics it is better or worse than the first, and of how many others nothing can be said. */
export function ledeOf({ runs, metrics }: Comparison): Html {
  const [first, ...others] = runs;
  if (metrics.length === 0) return html`<p class="lede">None of the runs has metrics yet.</p>`;
  // Where there are test images, they decide.
  const tested = metrics.filter(({ path }) => !isOfValidation(path));
  const deciding = tested.length > 0 ? tested : metrics;
  return html`${others.map((run, i) => html`<p class="lede${others.length > 2 ? ' small' : ''}">${tag(run, i + 1)} against ${tag(first!, 0)}: ${partsOf(deciding, i + 1)}.</p>`)}`;
}

function partsOf(metrics: readonly ComparedMetric[], index: number): Html[] {
  const of = (verdict: Verdict['verdict']) => metrics.filter(({ verdicts }) => verdicts[index]?.verdict === verdict);
  const named = [
    { word: 'better', kind: 'good', all: of('better') },
    { word: 'worse', kind: 'bad', all: of('worse') },
  ].filter(({ all }) => all.length > 0);
  const counted = [
    ['cannot be told apart in', of('cannot be told apart').length],
    ['no interval for', of('no interval').length],
    ['not comparable in', of('not comparable').length],
  ].filter(([, some]) => some !== 0);
  const total = counted.length === 0 ? '' : ` of ${countedThings(metrics.length, 'value')}`;
  const parts = [
    ...named.map(
      ({ word, kind, all }) => html`<strong class="${kind}">${word}</strong> in ${namesOf(all, metrics.length)}`,
    ),
    ...counted.map((part, i) => html`${part.join(' ')}${i === counted.length - 1 ? total : ''}`),
  ];
  return parts.map((part, i) => (i === 0 ? part : html`; ${part}`));
}

function namesOf(some: readonly ComparedMetric[], all: number): string {
  if (some.length <= MOST_NAMES) return listed(some.map(nameOf));
  return some.length === all ? `all ${all} values` : countedThings(some.length, 'value');
}

function nameOf({ metric, direction }: ComparedMetric): string {
  return `${visible(metric)}${direction === null ? '' : ` ${arrow(direction)}`}`;
}

/** The runs and their letters. */
export function runsTable({ runs }: Comparison): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="The runs">
    <table class="runs">
      <thead>
        <tr>
          <th scope="col"></th>
          <th scope="col">run</th>
          <th scope="col">status</th>
          <th scope="col">started</th>
          <th scope="col" class="n">work</th>
          <th scope="col" class="n">evaluated at step</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(rowOf)}
      </tbody>
    </table>
  </div>`;
}

function rowOf(run: ComparedRun, index: number): Html {
  const { entry, evaluation } = run;
  const step = evaluation?.record.outputs['step'];
  const started = entry.started === null ? '–' : `${entry.started.replace('T', ' ').slice(0, 16)} UTC`;
  return html`<tr>
    <td>${tag(run, index)}</td>
    <th scope="row">${visible(entry.name)}</th>
    <td>
      ${entry.status}${entry.problem === null ? undefined : html`<br /><span class="soft">${visible(entry.problem)}</span>`}
    </td>
    <td class="when">${started}</td>
    <td class="n">${entry.seconds === null ? '–' : duration(entry.seconds)}</td>
    <td class="n">${typeof step === 'number' ? count(step) : '–'}</td>
  </tr>`;
}
