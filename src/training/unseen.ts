import { unseenImages, type BatchOptions, type DomainCounts } from '../data/batches/batches.js';
import { count } from '../support/plain-text.js';

/** Warnings of training images that no epoch shows, and what to do; a sentence or two for each domain that has some. */
export function unseenWarnings(counts: DomainCounts, options: BatchOptions): string[] {
  const unseen = unseenImages(counts, options);
  return (['A', 'B'] as const).flatMap((domain) =>
    warning(unseen[domain], `${count(counts[domain])} images of train${domain}`, options),
  );
}

/** The same for pairs, whose images are shown together. @param pairs number of pairs */
export function unseenPairsWarning(pairs: number, options: BatchOptions): string[] {
  const { A: unseen } = unseenImages({ A: pairs, B: pairs }, options);
  return warning(unseen, `${count(pairs)} pairs of training images`, options);
}

function warning(unseen: number, ofAll: string, { shuffle_buffer }: BatchOptions): string[] {
  if (unseen === 0) return [];
  return [
    `${count(unseen)} of the ${ofAll} ${unseen === 1 ? 'is' : 'are'} never shown, however many epochs there are: with dataset.shuffle_buffer: ${shuffle_buffer} each epoch begins with the first images again, and it ends before the last ones. Set dataset.shuffle_buffer: null to shuffle the whole domain.`,
  ];
}
