import { unseenImages, type BatchOptions, type Counts } from '../../data/batches/batches.js';
import { count } from '../plain-text.js';

/** Warnings of training images that no epoch will ever show, and what to do; a sentence or two for each domain that has some. */
export function unseenWarnings(counts: Counts, options: BatchOptions): string[] {
  const unseen = unseenImages(counts, options);
  return (['A', 'B'] as const)
    .filter((domain) => unseen[domain] > 0)
    .map(
      (domain) =>
        `${count(unseen[domain])} of the ${count(counts[domain])} images of train${domain} ${unseen[domain] === 1 ? 'is' : 'are'} never shown, however many epochs there are: with dataset.shuffle_buffer: ${options.shuffle_buffer} each epoch begins with the first images again, and it ends before the last ones. Set dataset.shuffle_buffer: null to shuffle the whole domain.`,
    );
}
