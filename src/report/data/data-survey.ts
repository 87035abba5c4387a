import type { BadImage, SourceImageRecord, StoreIndex } from '../../data/store/store-format.js';
import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import { sidesOf, type HeightWidth, type Sides } from '../../support/sides.js';
import { ValueCounts } from './value-counts.js';

/** Bad images listed on the page; pictures.jsonl lists them all. */
const MAX_LISTED = 200;

/** The result of one pass over all images, of a size that does not depend on their number. */
export interface DataSurvey {
  readonly splits: Readonly<Record<Split, SplitSurvey>>;
  readonly skipped: readonly BadImage[];
  /** The name of an image that was requested by its index, and the reverse. */
  nameOf(split: Split, index: number): string;
  indexOf(split: Split, name: string): number | undefined;
}

export interface SplitSurvey {
  readonly used: number;
  readonly skipped: number;
  readonly widths: ValueCounts;
  readonly heights: ValueCounts;
  /** Width / height, to two places. */
  readonly ratios: ValueCounts;
  /** Images that have fewer pixels a side than they were resized to. */
  readonly enlarged: number;
}

/** The images of which the name or the index is needed. */
export interface SurveyRequest {
  readonly indexes: Readonly<Record<Split, readonly number[]>>;
  readonly names: readonly { readonly split: Split; readonly name: string }[];
}

export async function survey(
  images: AsyncIterable<SourceImageRecord>,
  { splits: prepared }: StoreIndex,
  request: SurveyRequest,
): Promise<DataSurvey> {
  const splits = record(() => ({
    used: 0,
    skipped: 0,
    widths: new ValueCounts(),
    heights: new ValueCounts(),
    ratios: new ValueCounts(),
    enlarged: 0,
  }));
  const names = record((split) => new Map(request.indexes[split].map((index) => [index, ''])));
  const places = record((split) => {
    const ofSplit = request.names.filter((image) => image.split === split);
    return new Map<string, number | undefined>(ofSplit.map(({ name }) => [name, undefined]));
  });
  const skipped: BadImage[] = [];

  for await (const image of images) {
    const split = splits[image.split];
    if ('reason' in image) {
      split.skipped++;
      if (skipped.length < MAX_LISTED) skipped.push(image);
      continue;
    }
    const { name, index, width, height } = image;
    split.used++;
    split.widths.add(width);
    split.heights.add(height);
    split.ratios.add(Math.max(0.01, Math.round((width / height) * 100) / 100));
    if (isEnlarged(image, prepared[image.split].size)) split.enlarged++;
    if (names[image.split].has(index)) names[image.split].set(index, name);
    if (places[image.split].has(name)) places[image.split].set(name, index);
  }
  return {
    splits,
    skipped,
    nameOf: (split, index) => names[split].get(index) ?? '',
    indexOf: (split, name) => places[split].get(name),
  };
}

/** Images of sizes of their own are not enlarged. */
function isEnlarged(image: HeightWidth, size: Sides | null): boolean {
  if (size === null) return false;
  const to = sidesOf(size);
  return image.width < to.width || image.height < to.height;
}

function record<T>(value: (split: Split) => T): Record<Split, T> {
  return Object.fromEntries(SPLITS.map((split) => [split, value(split)])) as Record<Split, T>;
}
