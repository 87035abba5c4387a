import { isRanked } from '../ranking-order.js';
import { bestRepeats } from './repeats.js';
import type { SweepSummary } from './sweep-summary.js';
import { counted, meanText, measured, optimizedNote } from './summary-text.js';

/** How texts are formatted in the sentence. */
export interface Marks {
  /** Escapes markup. */
  readonly text: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** `3 trials: 3 done. Best by cycle-error (lower is better): lambda=50, 0.1668.`, the best mean if seeds repeat trials, and a caution if the metric is optimised directly. */
export function sentence(summary: SweepSummary, marks: Marks): string {
  const parts = [
    marks.text(counted(summary)),
    best(summary, marks),
    onAverage(summary, marks),
    caution(summary, marks),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function best({ ranking: [first], metric }: SweepSummary, { text, strong }: Marks): string {
  if (first === undefined || first.value === null) return '';
  if (!isRanked(first.value)) return `No trial has a finite ${text(metric.name)}.`;
  return `Best by ${text(metric.name)} (${metric.better} is better): ${strong(text(first.label))}, ${text(measured(first.value, metric))}.`;
}

function caution({ ranking: [first], metric }: SweepSummary, { text }: Marks): string {
  return isRanked(first?.value) ? text(optimizedNote(metric)) : '';
}

function onAverage(summary: SweepSummary, { text, strong }: Marks): string {
  const repeats = bestRepeats(summary);
  if (repeats === undefined) return '';
  const { key, trials } = repeats;
  return `On average over ${trials.length} seeds: ${strong(text(key))}, ${text(meanText(repeats, summary.metric))}.`;
}
