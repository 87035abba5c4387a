import { SPLITS } from '../../../registry/kinds/dataset.js';
import { splitsIn } from '../../../data/store/store-format.js';
import { count, counted } from '../../../support/plain-text.js';
import { html, type Content, type Html } from '../../kit/html.js';
import type { DataReport } from '../data-facts.js';

/** The data in one sentence, and its irregularities in a few more. */
export function ledeOf({ index, findings }: DataReport): Html {
  const { splits } = index;
  const hasValidation = splitsIn(index).includes('valA');
  const of = (part: 'train' | 'test' | 'val') => [splits[`${part}A`].count, splits[`${part}B`].count] as const;
  const [trainA, trainB] = of('train');
  const [testA, testB] = of('test');
  const [valA, valB] = of('val');
  const skipped = SPLITS.reduce((sum, split) => sum + splits[split].skipped, 0);
  const { leaks, duplicates } = findings;
  const irregularities: Content[] = [
    skipped > 0
      ? html` <a href="#skipped">${counted(skipped, 'file')}</a> could not be used.`
      : html` Every file could be used.`,
    leaks > 0
      ? html` <a class="mark" href="#twice"
          >${counted(leaks, 'image')} ${leaks === 1 ? 'is' : 'are'} ${inBoth(hasValidation)}.</a
        >`
      : undefined,
    leaks === 0 && duplicates.length > 0
      ? html` <a href="#twice">${counted(duplicates.length, 'image')}</a>
          ${duplicates.length === 1 ? 'comes' : 'come'} more than once.`
      : undefined,
  ];
  return html`<p class="lede">
    ${counted(trainA, 'image')} of A and ${count(trainB)} of B to train on,
    ${hasValidation ? `${count(valA)} and ${count(valB)} to validate with, ` : ''}${count(testA)} and ${count(testB)} to
    test with.${irregularities}
  </p>`;
}

/** What is said of an image in two parts. */
export function inBoth(hasValidation: boolean): string {
  return hasValidation ? 'in more than one of train, val and test' : 'both in train and in test';
}
