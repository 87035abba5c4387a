import { unseenImages, type BatchOptions, type DomainCounts } from '../data/batches/batches.js';
import { count } from '../support/plain-text.js';

/** Warnings of training images that the epochs do not show, and what to do; a sentence or two for each domain that has some. */
export function unseenWarnings(counts: DomainCounts, options: BatchOptions, epochs: number): string[] {
  const unseen = unseenImages(counts, options, epochs);
  return (['A', 'B'] as const).flatMap((domain) =>
    warning(unseen[domain], `${count(counts[domain])} images of train${domain}`, options, epochs),
  );
}

/** The same for pairs, whose images are shown together. @param pairs number of pairs */
export function unseenPairsWarning(pairs: number, options: BatchOptions, epochs: number): string[] {
  const { A: unseen } = unseenImages({ A: pairs, B: pairs }, options, epochs);
  return warning(unseen, `${count(pairs)} pairs of training images`, options, epochs);
}

function warning(unseen: number, ofAll: string, { shuffle_buffer, epoch }: BatchOptions, epochs: number): string[] {
  if (unseen === 0) return [];
  const are = `${count(unseen)} of the ${ofAll} ${unseen === 1 ? 'is' : 'are'}`;
  if (shuffle_buffer === null) {
    const all = epoch === 'longest' ? 'Raise train.epochs.' : 'Set dataset.epoch: longest, or raise train.epochs.';
    return [`${are} not shown in ${count(epochs)} epoch${epochs === 1 ? '' : 's'} (dataset.epoch: ${epoch}). ${all}`];
  }
  return [
    `${are} never shown, however many epochs there are: with dataset.shuffle_buffer: ${shuffle_buffer} each epoch begins with the first images again, and it ends before the last ones. Set dataset.shuffle_buffer: null to shuffle the whole domain.`,
  ];
}
