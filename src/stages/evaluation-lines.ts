import type { Direction } from '../registry/kinds/export-format.js';
import type { SummaryLine } from '../registry/kinds/stage.js';
import { formatNumber, formatNumberLike, formatWithin } from '../support/format-number.js';
import { counted } from '../support/plain-text.js';
import type { MeasuredValues, MeasuredValue, NotMeasured } from '../evaluation/measured.js';

const LACKS: Readonly<Record<Exclude<NotMeasured['lacks'], 'images'>, string>> = {
  truth: 'needs the true translations, which this data set does not know',
  reconstructed: 'needs translations that are translated back, which this method does not make',
  identity: 'needs images through the generator into their own domain, which this method does not make',
  realness: 'needs discriminators that judge single images, which this method does not have',
  targets: 'needs test images of the domain that is translated to, and there are none',
};

/** One line per metric, one column per direction, with the score of the unchanged input. */
export function metricTable(metrics: Readonly<Partial<Record<Direction, MeasuredValues>>>): SummaryLine[] {
  const columns = Object.entries(metrics);
  const names = [...new Set(columns.flatMap(([, measured]) => Object.keys(measured)))];
  const cells = columns.map(([direction, measured]) =>
    names.map((name) => (measured[name] === undefined ? '' : `${direction} ${cell(measured[name])}`)),
  );
  const widths = cells.map((texts) => Math.max(0, ...texts.map((text) => text.length)));
  return names.map((label, i) => {
    const { better, diagnostic } = columns.flatMap(([, measured]) => measured[label] ?? [])[0]!;
    const texts = cells.map((column, k) => (k === cells.length - 1 ? column[i]! : column[i]!.padEnd(widths[k]!)));
    const text = texts.join('   ').trimEnd();
    return { label, text: diagnostic === true ? text : `${texts.join('   ')}   ${better} is better` };
  });
}

/** A value with its unit: `0.6123`, `18.02 dB`. */
export function shortValue({ value, unit }: Pick<MeasuredValue, 'value' | 'unit'>): string {
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

function cell({ value, unchanged, real, interval, unit, reference, referenceCount = 0 }: MeasuredValue): string {
  const like = (number: number) => formatNumberLike(number, value);
  const range = interval === undefined ? '' : ` [${interval.map(like).join(', ')}]`;
  const shown = formatWithin(value, interval);
  const baselines = [
    ...(unchanged === undefined ? [] : [`input unchanged: ${formatNumber(unchanged)}`]),
    ...(real === undefined ? [] : [`real: ${formatNumber(real)}`]),
    ...(reference?.startsWith('train') === true ? [counted(referenceCount, 'training image')] : []),
  ];
  const beside = baselines.length === 0 ? '' : ` (${baselines.join(', ')})`;
  return `${shown}${range}${unit === undefined ? '' : ` ${unit}`}${beside}`;
}

/** A warning for each value that shows that something is wrong. */
export function alarmLines(metrics: Readonly<Partial<Record<Direction, MeasuredValues>>>): SummaryLine[] {
  return Object.entries(metrics).flatMap(([direction, measured]) =>
    Object.entries(measured).flatMap(([name, { alarm }]) =>
      alarm === undefined ? [] : [{ label: 'warning', text: `${direction} ${alarm} (${name})` }],
    ),
  );
}

/**
 * Lists the requested metrics that could not be measured, in a line for each reason.
 *
 * @param drawnJudges the discriminators that would be asked, if they had been imported
 */
export function notMeasuredLines(all: readonly NotMeasured[], drawnJudges: readonly string[] = []): SummaryLine[] {
  const reasons = new Map<string, Set<string>>();
  for (const metric of all) {
    const reason = reasonOf(metric, drawnJudges);
    reasons.set(reason, (reasons.get(reason) ?? new Set()).add(metric.name));
  }
  return [...reasons].map(([reason, names]) => {
    return { label: 'not measured', text: `${[...names].join(', ')} (${reason})` };
  });
}

function reasonOf({ lacks, images = 1 }: NotMeasured, drawnJudges: readonly string[]): string {
  if (lacks === 'images') return `needs at least ${counted(images, 'test image')} of each domain`;
  if (lacks === 'realness' && drawnJudges.length > 0) {
    return `asks the discriminators, and ${drawnJudges.join(', ')} ${drawnJudges.length === 1 ? 'was' : 'were'} not imported`;
  }
  return LACKS[lacks];
}
