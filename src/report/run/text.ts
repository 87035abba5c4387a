import { html, type Html } from '../kit/html.js';
import type { ReportCheckpoint } from './run-report.js';

/** A measured value with three to four significant digits: `0.0213`, `18.03`, `1.2e-5`. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-4 || size >= 1e6) return value.toExponential(2);
  return size >= 1 ? value.toFixed(size >= 100 ? 1 : 2) : String(Number(value.toPrecision(3)));
}

/** When a checkpoint was saved: `epoch 3`, `epoch 2.5`, else `step 90`; empty if neither is known. */
export function timeOf({ epoch, step }: Pick<ReportCheckpoint, 'epoch' | 'step'>): string {
  if (epoch !== null) return `epoch ${(Math.round(epoch * 100) / 100).toLocaleString('en-US')}`;
  return step === null ? '' : `step ${step.toLocaleString('en-US')}`;
}

/** `2026-11-28 12:02 UTC` of an ISO time; the text itself if it is none. */
export function moment(time: string): Html {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return html`${time}`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}
