import type { Split } from '../../registry/kinds/dataset.js';
import { ProblemError } from '../../support/problem.js';
import { visible } from '../../support/visible.js';
import type { PreparedStore } from '../store/prepared-store.js';
import { matchNames, type Match } from './match-names.js';

/** Training images of A and B that belong together: pair i is image `A[i]` of trainA with image `B[i]` of trainB, in the order of A. */
export interface Pairs {
  readonly count: number;
  readonly A: readonly number[];
  readonly B: readonly number[];
  /** Images that are in no pair. */
  readonly leftOut: readonly LeftOut[];
}

/** Good images of one domain that are left out for the same reason. */
export interface LeftOut {
  readonly split: Split;
  /** No image of the other domain has their name, or the one that has it was skipped as a bad image. */
  readonly partner: 'missing' | 'bad';
  readonly count: number;
  /** The first ones. */
  readonly names: readonly string[];
}

/** The test images of the other domain that are the true translations of a domain's test images. */
export interface PairedTruth {
  readonly count: number;
  /** @returns the index of the partner in the other test split; undefined where there is none */
  readonly partner: (split: 'testA' | 'testB', index: number) => number | undefined;
}

/** Named in a message. */
const NAMED = 3;

/** An image of the source; without an index where it was skipped as a bad one. */
interface Named {
  readonly name: string;
  readonly index?: number;
  partner?: Named;
}

/**
 * The pairs of a store's training images, told by their names ({@link matchNames}). An image that was skipped as a bad one takes its
 * partner with it, and shifts no other pair.
 *
 * @throws ProblemError `no-pairs` when no pair is whole
 */
export async function trainingPairs(store: PreparedStore): Promise<Pairs> {
  const [a, b] = await matched(store, 'trainA', 'trainB');
  const pairs = wholePairs(a);
  if (pairs.length === 0) throw noPairs(a, b);
  return {
    count: pairs.length,
    A: pairs.map(([index]) => index),
    B: pairs.map(([, index]) => index),
    leftOut: [...leftOutOf('trainA', a), ...leftOutOf('trainB', b)],
  };
}

/** Which test images are each other's true translations, where the data set is one of pairs; of any other one, none are. */
export async function pairedTruth(store: PreparedStore): Promise<PairedTruth> {
  const [a] = await matched(store, 'testA', 'testB');
  const pairs = wholePairs(a);
  const partners = { testA: new Map(pairs), testB: new Map(pairs.map(([inA, inB]) => [inB, inA])) };
  return { count: pairs.length, partner: (split, index) => partners[split].get(index) };
}

/** All images of two splits, each with its partner. Bad ones have partners, too: who else has their name is not told otherwise. */
async function matched(store: PreparedStore, splitA: Split, splitB: Split): Promise<[a: Named[], b: Named[]]> {
  const [a, b]: [Named[], Named[]] = [[], []];
  for await (const record of store.images()) {
    if (record.split !== splitA && record.split !== splitB) continue;
    const image = 'index' in record ? { name: record.name, index: record.index } : { name: record.name };
    (record.split === splitA ? a : b).push(image);
  }
  const names = (images: readonly Named[]) => images.map(({ name }) => name);
  for (const [i, j] of matchNames(names(a), names(b))) {
    a[i]!.partner = b[j]!;
    b[j]!.partner = a[i]!;
  }
  return [a, b];
}

/** Pairs of good images, by their indices in their splits. */
function wholePairs(a: readonly Named[]): Match[] {
  return a.flatMap(({ index, partner }) =>
    index === undefined || partner?.index === undefined ? [] : [[index, partner.index] as const],
  );
}

function leftOutOf(split: Split, images: readonly Named[]): LeftOut[] {
  const good = images.filter(({ index }) => index !== undefined);
  const left = (partner: LeftOut['partner'], images: readonly Named[]): LeftOut[] =>
    images.length === 0
      ? []
      : [{ split, partner, count: images.length, names: images.slice(0, NAMED).map(({ name }) => name) }];
  return [
    ...left('missing', good.filter(({ partner }) => partner === undefined)),
    ...left('bad', good.filter(({ partner }) => partner !== undefined && partner.index === undefined)),
  ]; // prettier-ignore
}

function noPairs(a: readonly Named[], b: readonly Named[]): ProblemError {
  const counts = `of ${a.length} image${a.length === 1 ? '' : 's'} of trainA and ${b.length} of trainB`;
  const { name, partner } = a.find((image) => image.partner !== undefined) ?? a[0]!;
  const told = (...[inA, inB]: readonly [string, string]) => `${visible(inA)} and ${visible(inB)}`;
  if (partner !== undefined) {
    return new ProblemError({
      code: 'no-pairs',
      message: `No pair ${counts} is whole, as bad images were skipped: one of ${told(name, partner.name)}, for example.`,
      cure: 'Mend the bad images: pictures.jsonl in the folder of the prepared images says what is wrong with each.',
    });
  }
  return new ProblemError({
    code: 'no-pairs',
    message: `Images are paired by their names, and none ${counts} has a partner: see ${told(name, b[0]!.name)}, for example.`,
    cure: 'Give both images of a pair the same name, such as trainA/1.jpg and trainB/1.jpg (or 1_A.jpg and 1_B.jpg), or train by a method that needs no pairs.',
  });
}
