import { pairedTruth } from '../data/batches/pairs.js';
import type { PreparedStore, StoreSplit } from '../data/store/prepared-store.js';
import { methodFacts } from '../methods/build.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { ConfigView } from '../registry/kinds/stage.js';

/** A test image, and the position of its true translation where that is known. */
export interface TestImage {
  readonly split: 'testA' | 'testB';
  readonly index: number;
  readonly truth?: { readonly split: StoreSplit; readonly index: number };
}

/**
 * The images on which a direction is measured. Their truth is the store's, where the data set has one. In a paired data set it is the
 * partner; images without a partner are left out.
 */
export async function testImages(view: ConfigView, store: PreparedStore, direction: Direction): Promise<TestImage[]> {
  const [split, truth, other] =
    direction === 'AtoB' ? (['testA', 'truthA', 'testB'] as const) : (['testB', 'truthB', 'testA'] as const);
  const all = Array.from({ length: store.count(split) }, (_, index) => ({ split, index }));
  if (store.count(truth) > 0) return all.map((image) => ({ ...image, truth: { split: truth, index: image.index } }));
  if (methodFacts(view).pairing === 'unpaired') return all;
  const { count, partner } = await pairedTruth(store);
  if (count === 0) return all;
  return all.flatMap((image) => {
    const index = partner(split, image.index);
    return index === undefined ? [] : [{ ...image, truth: { split: other, index } }];
  });
}
