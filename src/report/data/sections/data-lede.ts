import { SPLITS } from '../../../registry/kinds/dataset.js';
import { count, counted } from '../../../support/plain-text.js';
import { html, type Content, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';

/** The data in one sentence, and its irregularities in a few more. */
export function ledeOf({ index: { splits }, findings }: DataReport): Html {
  const [trainA, trainB, testA, testB] = SPLITS.map((split) => splits[split].count) as [number, number, number, number];
  const skipped = SPLITS.reduce((sum, split) => sum + splits[split].skipped, 0);
  const { leaks, duplicates } = findings;
  const irregularities: Content[] = [
    skipped > 0
      ? html` <a href="#skipped">${counted(skipped, 'file')}</a> could not be used.`
      : html` Every file could be used.`,
    leaks > 0
      ? html` <a class="mark" href="#twice"
          >${counted(leaks, 'image')} ${leaks === 1 ? 'is' : 'are'} both in train and in test.</a
        >`
      : undefined,
    leaks === 0 && duplicates.length > 0
      ? html` <a href="#twice">${counted(duplicates.length, 'image')}</a>
          ${duplicates.length === 1 ? 'comes' : 'come'} more than once.`
      : undefined,
  ];
  return html`<p class="lede">
    ${counted(trainA, 'image')} of A and ${count(trainB)} of B to train on, ${count(testA)} and ${count(testB)} to test
    with.${irregularities}
  </p>`;
}
