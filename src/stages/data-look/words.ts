import type { Findings } from '../../data/store/findings.js';
import type { StoreIndex } from '../../data/store/format.js';
import { SPLITS } from '../../registry/kinds/dataset.js';
import { count } from './html.js';

/** The page's numbers as Markdown, for trackers that show words: no names in it, which might be anything. */
export function wordsOf({ splits, image_size, load_size, interpolation }: StoreIndex, findings: Findings): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const { duplicates, leaks, overlaps } = findings;
  const traits = SPLITS.map((split) => {
    const found = Object.entries(findings.traits[split]).sort(([, a], [, b]) => b - a);
    return found.map(([trait, times]) => `${trait.replaceAll('|', '/')} ${count(times)}`).join(', ');
  });
  return [
    row(['', 'used', 'skipped', 'made RGB from']),
    row(['---', '---:', '---:', '---']),
    ...SPLITS.map((split, i) => row([split, count(splits[split].count), count(splits[split].skipped), traits[i]!])),
    '',
    `- prepared at ${load_size} x ${load_size} for training, ${image_size} x ${image_size} for tests, by ${interpolation}`,
    `- pictures that come more than once, pixel for pixel: ${count(duplicates.length)}`,
    `- of these, both in train and in test: ${count(leaks)}; both in A and in B: ${count(overlaps)}`,
    '- images `data/A`, `data/B`: left, training pictures as prepared; right of them, random crops as training sees them; last row, test pictures',
    '',
  ].join('\n');
}
