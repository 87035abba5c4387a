import type { TranslationCounts } from './request.js';

/** Counts while they are counted. */
export type Counting = { -readonly [K in keyof TranslationCounts]: number };

export const noCounts = (): Counting => ({ translated: 0, present: 0, failed: 0 });

/** The counts of several processes together. */
export function sumOfCounts(all: readonly TranslationCounts[]): TranslationCounts {
  const sum = noCounts();
  for (const counts of all) {
    for (const key of Object.keys(sum) as (keyof TranslationCounts)[]) sum[key] += counts[key];
  }
  return sum;
}

/** How many images that are, however they ended. */
export const imagesIn = ({ translated, present, failed }: TranslationCounts): number => translated + present + failed;
