import { csvText } from '../../support/csv.js';
import type { SweepSummary } from './sweep-summary.js';

/** The summary as CSV (RFC 4180): one line per trial, in trial order. */
export function csv({ axes, metrics, trials }: SweepSummary): string {
  const head = ['trial', ...axes.map(({ path }) => path), ...metrics, 'state', 'seconds', 'run', 'problem'];
  const lines = trials.map(({ id, params, metrics: measured, state, seconds, run, problem }) => [
    id,
    ...axes.map(({ path }) => params[path] ?? null),
    ...metrics.map((name) => measured[name] ?? null),
    state,
    seconds === null ? null : Number(seconds.toFixed(1)),
    run,
    problem,
  ]);
  return csvText([head, ...lines]);
}
