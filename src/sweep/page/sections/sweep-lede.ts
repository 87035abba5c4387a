import { counted as countedThings } from '../../../support/plain-text.js';
import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import { bestRepeats } from '../../summary/repeats.js';
import type { SweepSummary } from '../../summary/sweep-summary.js';
import { counted, meanText, measured, optimizedNote } from '../../summary/summary-text.js';
import { measuredTrials, rowId, type MeasuredTrial, type Ranked } from '../ranks.js';
import { commandLine } from '../page-text.js';

/** The result in a sentence, and the best mean in another if trials are repeated. */
export function ledeOf(summary: SweepSummary, ranked: readonly Ranked[]): Html {
  const trials = measuredTrials(ranked);
  const [best] = trials;
  const states = summary.trials.length === 0 ? 'There are no trials' : counted(summary).replace(/\.$/, '');
  const answer = best === undefined ? nothing(summary) : bestOf(best, summary);
  const caution = best === undefined ? '' : optimizedNote(summary.metric);
  return html`<p class="lede">${states}${answer}</p>
    ${onAverage(summary)} ${caution === '' ? undefined : html`<p class="soft">${visible(caution)}</p>`}`;
}

/** The start time, the command and the sort order. */
export function provenance({ command, created, metric }: SweepSummary): Html {
  const date = new Date(created);
  const text = Number.isNaN(date.getTime())
    ? visible(created)
    : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return html`<dl class="source">
    <dt>command</dt>
    <dd><code>${commandLine(command)}</code></dd>
    <dt>started</dt>
    <dd>${text}</dd>
    <dt>sorted by</dt>
    <dd>${visible(metric.name)}, ${metric.better} is better</dd>
  </dl>`;
}

function nothing({ trials, metric }: SweepSummary): Html {
  const isMeasured = trials.some(({ value }) => value !== null);
  return isMeasured ? html`; none has a finite ${visible(metric.name)}.` : html`; none has a value yet.`;
}

function bestOf({ trial, value }: MeasuredTrial, { metric }: SweepSummary): Html {
  const name = trial.label === '' ? `trial ${trial.id}` : visible(trial.label);
  return html`. The best by ${visible(metric.name)}: <a href="#${rowId(trial)}"><strong>${name}</strong></a
    >, with <strong>${measured(value, metric)}</strong>.`;
}

/** The best mean over seeds, as a single best trial may owe its value to its seed. */
function onAverage(summary: SweepSummary): Html | undefined {
  const best = bestRepeats(summary);
  if (best === undefined) return undefined;
  return html`<p class="lede">
    On average over seeds: <strong>${visible(best.key)}</strong>, with ${meanText(best, summary.metric)} in
    ${countedThings(best.trials.length, 'trial')}.
  </p>`;
}
