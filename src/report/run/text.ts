import { html, type Html } from '../kit/html.js';
import { count } from '../../support/plain-text.js';
import type { ReportCheckpoint } from './run-report.js';

/** When a checkpoint was saved: `epoch 3`, `epoch 2.5`, else `step 90`; empty if neither is known. */
export function timeOf({ epoch, step }: Pick<ReportCheckpoint, 'epoch' | 'step'>): string {
  if (epoch !== null) return `epoch ${count(Math.round(epoch * 100) / 100)}`;
  return step === null ? '' : `step ${count(step)}`;
}

/** `2026-11-28 12:02 UTC` of an ISO time; the text itself if it is none. */
export function moment(time: string): Html {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return html`${time}`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}
