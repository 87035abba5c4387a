import { formatNumber, formatNumberLike, formatWithin } from '../../support/format-number.js';
import type { ReportValue } from '../run/run-report.js';
import { timeOf } from '../run/text.js';
import type { CardFacts } from './card-facts.js';
import { domainsOf } from './names.js';
import { tableOf } from './table.js';

const HEAD = ['metric', 'value', '95% interval', 'untranslated', 'real images', 'images', 'compared with'];

/** The values of the exported checkpoint, with the protocol of their measurement. */
export function metricsSection({ measured, direction, descriptions, imported }: CardFacts): string {
  const values = Object.entries(measured?.metrics[direction] ?? {});
  if (measured === null || values.length === 0) return '## Evaluation\n\nNot measured.';
  const { from, to } = domainsOf(direction);
  return `## Evaluation

Of the exported checkpoint (${timeOf(measured)}), on test images of domain ${from}, ${imported === null ? 'which training did not see, in the size of the training' : 'as the config has them'}. Sets of images are compared with test images of domain ${to}. "untranslated" is what
the input scores as it is, "real images" what other real images of domain ${to} score. A name ends with the network whose features are compared.

${tableOf(
  HEAD,
  values.map(([name, value]) => rowOf(name, value)),
)}

${explained(
  values.map(([name]) => name),
  (name) => descriptions[`evaluate/${direction}/${name}`],
)}`.trimEnd();
}

/** What the metrics measure; those of one component have one text. */
function explained(names: readonly string[], textOf: (name: string) => string | undefined): string {
  const byText = new Map<string, string[]>();
  for (const name of names) {
    const text = textOf(name);
    if (text !== undefined) byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText].map(([text, all]) => `- ${all.map((name) => `\`${name}\``).join(', ')}: ${text}`).join('\n');
}

function rowOf(
  name: string,
  { value, better, interval, unchanged, real, count, referenceCount, unit, diagnostic }: ReportValue,
): readonly string[] {
  const arrow = diagnostic === true ? ' (finds faults only)' : better === null ? '' : better === 'higher' ? ' ↑' : ' ↓';
  const like = (other: number | null) => (other === null ? '' : formatNumberLike(other, value));
  return [
    `${name}${arrow}`,
    `${formatWithin(value, interval)}${unit === null ? '' : ` ${unit}`}`,
    interval === null ? '' : `${like(interval[0])} to ${like(interval[1])}`,
    like(unchanged),
    like(real),
    count === null ? '' : formatNumber(count),
    referenceCount === undefined ? '' : `${formatNumber(referenceCount)} real`,
  ];
}
