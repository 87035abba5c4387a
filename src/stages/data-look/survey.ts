import type { BadPicture, PictureRecord, StoreIndex } from '../../data/store/format.js';
import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import { Counts } from './counts.js';

/** Bad pictures that are named on the page; pictures.jsonl names them all. */
const NAMED = 200;

/** What one pass over all pictures tells, however many there are. */
export interface Survey {
  readonly splits: Readonly<Record<Split, SplitSurvey>>;
  readonly skipped: readonly BadPicture[];
  /** Names of the pictures that were asked for by their place, and the reverse. */
  nameOf(split: Split, index: number): string;
  indexOf(split: Split, name: string): number | undefined;
}

export interface SplitSurvey {
  readonly used: number;
  readonly skipped: number;
  readonly widths: Counts;
  readonly heights: Counts;
  /** Width / height, to two places. */
  readonly ratios: Counts;
  /** Pictures that have fewer pixels a side than they were resized to. */
  readonly enlarged: number;
}

/** The pictures whose other half (name or place) is wanted. */
export interface Wanted {
  readonly indexes: Readonly<Record<Split, readonly number[]>>;
  readonly names: readonly { readonly split: Split; readonly name: string }[];
}

export async function survey(
  pictures: AsyncIterable<PictureRecord>,
  { splits: prepared }: StoreIndex,
  wanted: Wanted,
): Promise<Survey> {
  const splits = record(() => ({
    used: 0,
    skipped: 0,
    widths: new Counts(),
    heights: new Counts(),
    ratios: new Counts(),
    enlarged: 0,
  }));
  const names = record((split) => new Map(wanted.indexes[split].map((index) => [index, ''])));
  const places = record((split) => {
    const ofSplit = wanted.names.filter((picture) => picture.split === split);
    return new Map<string, number | undefined>(ofSplit.map(({ name }) => [name, undefined]));
  });
  const skipped: BadPicture[] = [];

  for await (const picture of pictures) {
    const split = splits[picture.split];
    if ('reason' in picture) {
      split.skipped++;
      if (skipped.length < NAMED) skipped.push(picture);
      continue;
    }
    const { name, index, width, height } = picture;
    split.used++;
    split.widths.add(width);
    split.heights.add(height);
    split.ratios.add(Math.max(0.01, Math.round((width / height) * 100) / 100));
    if (Math.min(width, height) < prepared[picture.split].size) split.enlarged++;
    if (names[picture.split].has(index)) names[picture.split].set(index, name);
    if (places[picture.split].has(name)) places[picture.split].set(name, index);
  }
  return {
    splits,
    skipped,
    nameOf: (split, index) => names[split].get(index) ?? '',
    indexOf: (split, name) => places[split].get(name),
  };
}

function record<T>(value: (split: Split) => T): Record<Split, T> {
  return Object.fromEntries(SPLITS.map((split) => [split, value(split)])) as Record<Split, T>;
}
