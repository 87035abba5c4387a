import type { Findings } from '../../data/store/findings.js';
import { splitsIn, type StoreIndex } from '../../data/store/store-format.js';
import { visible } from '../../support/visible.js';
import { count } from '../../support/plain-text.js';
import { sizeText } from '../../support/sides.js';

const MAX_TRAITS = 8;

/** The page's numbers as Markdown, for trackers that show text. */
export function dataMarkdown(index: StoreIndex, findings: Findings): string {
  const { splits, image_size, interpolation } = index;
  const { size } = splits.trainA;
  const shown = splitsIn(index);
  const hasValidation = shown.includes('valA');
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const { duplicates, leaks, overlaps } = findings;
  const traits = shown.map((split) => frequentTraits(findings.traits[split]));
  return [
    row(['', 'used', 'skipped', 'of these']),
    row(['---', '---:', '---:', '---']),
    ...shown.map((split, i) => row([split, count(splits[split].count), count(splits[split].skipped), traits[i]!])),
    '',
    `- prepared at ${size === null ? 'sizes of their own' : sizeText(size, ' x ')} for training, ${sizeText(image_size, ' x ')} for ${hasValidation ? 'validation and tests' : 'tests'}, by ${interpolation}`,
    `- images that come more than once, pixel for pixel: ${count(duplicates.length)}`,
    `- of these, ${hasValidation ? 'in more than one of train, val and test' : 'both in train and in test'}: ${count(leaks)}; both in A and in B: ${count(overlaps)}`,
    '- images `data/A`, `data/B`: left, training images as prepared; right of them, random crops as training sees them; last row, test images',
    '',
  ].join('\n');
}

/** The most frequent traits. Names of traits come from the files and may contain markup. */
function frequentTraits(traits: Readonly<Record<string, number>>): string {
  const all = Object.entries(traits).sort(([, a], [, b]) => b - a);
  const plain = (name: string) => visible(name).replace(/[&<>|`*_[\]\\]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const shown = all.slice(0, MAX_TRAITS).map(([name, times]) => `${plain(name)}: ${count(times)}`);
  return [...shown, ...(all.length > MAX_TRAITS ? [`${count(all.length - MAX_TRAITS)} others`] : [])].join('; ');
}
