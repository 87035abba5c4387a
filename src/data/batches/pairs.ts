import type { Domain, Split } from '../../registry/kinds/dataset.js';
import { ProblemError } from '../../support/problem.js';
import { visible } from '../../support/visible.js';
import type { PreparedStore } from '../store/prepared-store.js';
import { matchNames, type Match } from './match-names.js';

/** Pairs of training images: pair i is image `A[i]` of trainA and image `B[i]` of trainB, in the order of A. */
export interface Pairs {
  readonly count: number;
  readonly A: readonly number[];
  readonly B: readonly number[];
  /** Images without a pair. */
  readonly leftOut: readonly LeftOut[];
}

/** Good images of one split that are left out for the same reason. */
export interface LeftOut {
  readonly split: Split;
  /** `missing`: no image of the other domain has this name; `bad`: the one with this name was skipped as a bad image. */
  readonly partner: 'missing' | 'bad';
  readonly count: number;
  /** The names of the first ones. */
  readonly names: readonly string[];
}

/** The pairs of test or validation images, where each is the true translation of the other. */
export interface PairedTruth {
  readonly count: number;
  /** @returns the index in the other domain's split of the partner of an image of `domain`; undefined where there is none */
  readonly partner: (domain: Domain, index: number) => number | undefined;
}

/** Names in a message. */
const MAX_NAMED = 3;

/** An image of the source; without an index if it was skipped as a bad image. */
interface NamedImage {
  readonly name: string;
  readonly index?: number;
  /** Width and height of the file's image in pixels. */
  readonly size?: readonly [number, number];
  partner?: NamedImage;
}

/**
 * The pairs of a store's training images, matchSplits by their names ({@link matchNames}). A skipped bad image leaves its partner without a
 * pair and shifts no other pair.
 *
 * @throws ProblemError `no-pairs` when no pair is complete, `pair-sizes` when the images of one have different shapes
 */
export async function trainingPairs(store: PreparedStore): Promise<Pairs> {
  const [a, b] = await matchSplits(store, 'trainA', 'trainB');
  const pairs = goodPairs(a, 'training');
  if (pairs.length === 0) throw noPairs(a, b);
  return {
    count: pairs.length,
    A: pairs.map(([index]) => index),
    B: pairs.map(([, index]) => index),
    leftOut: [...leftOutOf('trainA', a), ...leftOutOf('trainB', b)],
  };
}

/** The pairs of a store's test or validation images; none unless the data set is paired. @throws ProblemError `pair-sizes` */
export async function pairedTruth(store: PreparedStore, part: 'test' | 'val'): Promise<PairedTruth> {
  const [a] = await matchSplits(store, `${part}A`, `${part}B`);
  const pairs = goodPairs(a, part === 'test' ? 'test' : 'validation');
  const partners = { A: new Map(pairs), B: new Map(pairs.map(([inA, inB]) => [inB, inA])) };
  return { count: pairs.length, partner: (domain, index) => partners[domain].get(index) };
}

/** All images of two splits, each with its partner. Bad images are matchSplits too, so that a partner's reason is known. */
async function matchSplits(
  store: PreparedStore,
  splitA: Split,
  splitB: Split,
): Promise<[a: NamedImage[], b: NamedImage[]]> {
  const [a, b]: [NamedImage[], NamedImage[]] = [[], []];
  for await (const record of store.images()) {
    if (record.split !== splitA && record.split !== splitB) continue;
    const { name } = record;
    const good = 'index' in record && { index: record.index, size: [record.width, record.height] as const };
    (record.split === splitA ? a : b).push({ name, ...good });
  }
  const names = (images: readonly NamedImage[]) => images.map(({ name }) => name);
  for (const [i, j] of matchNames(names(a), names(b))) {
    a[i]!.partner = b[j]!;
    b[j]!.partner = a[i]!;
  }
  return [a, b];
}

/** The pairs of good images, by their indices in their splits. @param part of the data, for messages */
function goodPairs(a: readonly NamedImage[], part: string): Match[] {
  const differing = a.filter(({ size, partner }) => size && partner?.size && !haveOneShape(size, partner.size));
  if (differing.length > 0) throw differentShapes(differing, part);
  return a.flatMap(({ index, partner }) =>
    index === undefined || partner?.index === undefined ? [] : [[index, partner.index] as const],
  );
}

function leftOutOf(split: Split, images: readonly NamedImage[]): LeftOut[] {
  const good = images.filter(({ index }) => index !== undefined);
  const left = (partner: LeftOut['partner'], images: readonly NamedImage[]): LeftOut[] =>
    images.length === 0
      ? []
      : [{ split, partner, count: images.length, names: images.slice(0, MAX_NAMED).map(({ name }) => name) }];
  return [
    ...left('missing', good.filter(({ partner }) => partner === undefined)),
    ...left('bad', good.filter(({ partner }) => partner !== undefined && partner.index === undefined)),
  ]; // prettier-ignore
}

/** Whether images of these sizes, scaled to one size, show the same places at the same pixels, but for a pixel at the edge. */
function haveOneShape([w, h]: readonly [number, number], [w2, h2]: readonly [number, number]): boolean {
  return Math.abs(w * h2 - w2 * h) <= Math.max(w, h, w2, h2);
}

function differentShapes(images: readonly NamedImage[], part: string): ProblemError {
  const described = ({ name, size }: NamedImage) => `${visible(name)} is ${size!.join(' x ')}`;
  const named = images.slice(0, MAX_NAMED).map((image) => `${described(image)}, ${described(image.partner!)}`);
  const are = images.length === 1 ? 'of 1 pair differ' : `of ${images.length} pairs differ`;
  return new ProblemError({
    code: 'pair-sizes',
    message: `The images ${are} in shape (${part}): ${named.join('; ')}${images.length > MAX_NAMED ? '; ...' : '.'}`,
    cure: 'Both images of a pair must show the same, pixel for pixel: crop them to the same part, or take these pairs out.',
  });
}

function noPairs(a: readonly NamedImage[], b: readonly NamedImage[]): ProblemError {
  const counts = `of ${a.length} image${a.length === 1 ? '' : 's'} of trainA and ${b.length} of trainB`;
  const { name, partner } = a.find((image) => image.partner !== undefined) ?? a[0]!;
  const both = (...[inA, inB]: readonly [string, string]) => `${visible(inA)} and ${visible(inB)}`;
  if (partner !== undefined) {
    return new ProblemError({
      code: 'no-pairs',
      message: `No pair ${counts} is complete, as bad images were skipped: one of ${both(name, partner.name)}, for example.`,
      cure: 'Repair the bad images: pictures.jsonl in the folder of the prepared images gives the reason for each.',
    });
  }
  return new ProblemError({
    code: 'no-pairs',
    message: `Images are paired by their names, and none ${counts} has a partner: see ${both(name, b[0]!.name)}, for example.`,
    cure: 'Give both images of a pair the same name, such as trainA/1.jpg and trainB/1.jpg (or 1_A.jpg and 1_B.jpg), or train by a method that needs no pairs.',
  });
}
