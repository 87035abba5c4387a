import type { Findings, RangeFinding } from '../../data/store/findings.js';
import type { Split } from '../../registry/kinds/dataset.js';
import { count, within } from '../../support/plain-text.js';

/** Warnings of images that become nearly black, or lose values beyond black or white: number, names, value range, cure. */
export function rangesFound({ ranges }: Pick<Findings, 'ranges'>, totals: Readonly<Record<Split, number>>): string[] {
  return (ranges ?? []).map((finding) => {
    const { trouble, split } = finding;
    const of = `${count(finding.count)} of the ${count(totals[split])} images of ${split}`;
    const text = trouble === 'clipped' ? clipped(finding) : nearlyBlack(finding);
    return `${of} ${text}`;
  });
}

function nearlyBlack(finding: RangeFinding): string {
  const { most, white } = finding;
  const [become, them] = finding.count === 1 ? ['becomes', 'it'] : ['become', 'them'];
  return `${become} nearly black: ${numbers(finding)}. If ${number(most)} is meant to be white, multiply ${them} by ${number(white / most)} and save ${them} again.`;
}

function clipped(finding: RangeFinding): string {
  const [lose, them] = finding.count === 1 ? ['loses', 'it'] : ['lose', 'them'];
  const white = finding.white === 255 ? '255, or to 0 to 1,' : number(finding.white);
  return `${lose} what lies beyond black and white: ${numbers(finding)}. Scale ${them} to 0 to ${white} and save ${them} again.`;
}

function numbers({ split, least, most, white, names, count: all }: RangeFinding): string {
  const rest = all - names.length;
  const which = `${names.map((name) => within(split, name)).join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
  return `${all === 1 ? 'it holds' : 'they hold'} ${number(least)} to ${number(most)}, where 0 is black and ${number(white)} is white (${which}; pictures.jsonl has the range of each)`;
}

/** At most four digits after those that matter: 0.000123, 4,095, -1. */
function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
