import { createBatches, trainingCounts, type Batches, type BatchOptions } from '../data/batches/batches.js';
import { trainingPairs } from '../data/batches/pairs.js';
import type { Pairing } from '../registry/kinds/method.js';
import type { PreparedStore } from '../data/store/prepared-store.js';
import { leftOutWarnings } from './left-out.js';
import { unseenPairsWarning, unseenWarnings } from './unseen.js';

/**
 * The batches of a store, and warnings of images that are in no batch of these epochs.
 *
 * @throws ProblemError `too-few-images`; `no-pairs` when the method needs pairs and the store has none
 */
export async function openBatches(
  store: PreparedStore,
  options: BatchOptions,
  seed: number,
  epochs: number,
  pairing: Pairing = 'unpaired',
): Promise<{ readonly batches: Batches; readonly warnings: readonly string[] }> {
  if (pairing === 'unpaired') {
    const batches = createBatches(store, options, seed);
    return { batches, warnings: unseenWarnings(trainingCounts(store), options, epochs) };
  }
  const pairs = await trainingPairs(store);
  const batches = createBatches(store, options, seed, pairs);
  return {
    batches,
    warnings: [...leftOutWarnings(pairs.leftOut), ...unseenPairsWarning(pairs.count, options, epochs)],
  };
}
