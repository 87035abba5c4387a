import type { DatasetConfig } from '../../registry/config.js';
import { REQUIRED_SPLITS, VALIDATION_SPLITS, type Split } from '../../registry/kinds/dataset.js';
import type { JsonObject } from '../../support/json.js';
import type { Sides } from '../../support/sides.js';

/**
 * The prepared store: a folder with two files for each split, `index.json`, `pictures.jsonl` and `findings.json`. `trainA.rgb` contains
 * a split's images one after another, each [height, width, 3] uint8, rows from the top, RGB; so an image's index gives its offset.
 * `trainA.sums` contains their SHA-256s, 32 bytes each: every image is checked when it is read, without reading the others. Where the images
 * of a split differ in size, it has their sizes too (split-layout.ts).
 */
export const STORE_FORMAT = 2;
export const INDEX_FILE = 'index.json';
/** A line for every image of the source, good or bad: {@link SourceImageRecord}. */
export const IMAGES_FILE = 'pictures.jsonl';
/** Findings about the whole data set: duplicates, leaks, counts. */
export const FINDINGS_FILE = 'findings.json';

/** The source's splits, one fixed training image of each domain without jitter, and the test images' true translations. */
export const MAIN_STORE_SPLITS = [...REQUIRED_SPLITS, 'sampleA', 'sampleB', 'truthA', 'truthB'] as const;
/** Validation images, prepared like test images, and their true translations. Absent from the index of a store without them. */
export const VALIDATION_STORE_SPLITS = [...VALIDATION_SPLITS, 'valTruthA', 'valTruthB'] as const;
export const STORE_SPLITS = [...MAIN_STORE_SPLITS, ...VALIDATION_STORE_SPLITS] as const;
export type StoreSplit = (typeof STORE_SPLITS)[number];

/** The content of `index.json`; its size does not depend on the number of images. */
export interface StoreIndex {
  readonly format: typeof STORE_FORMAT;
  readonly image_size: Sides;
  readonly load_size: Sides;
  /** Absent: resize_and_crop. */
  readonly preprocess?: DatasetConfig['preprocess'];
  readonly interpolation: DatasetConfig['interpolation'];
  /** `3, libvips 8.18.7`: stores of another decoder are not copied from, as their pixels of the same file may differ. */
  readonly decoder: string;
  readonly splits: Readonly<Record<StoreSplit, SplitIndex>>;
  /** SHA-256 of `pictures.jsonl`. The name is part of the format since its first version. */
  readonly pictures: string;
  /** The source's description of itself: {@link DatasetSource.provenance}. */
  readonly source: JsonObject;
}

export interface SplitIndex {
  /** Of all images; null where each has its own. */
  readonly size: Sides | null;
  readonly count: number;
  /** SHA-256 of the split's `.sums` file, and so of all its pixels. */
  readonly sha256: string;
  /** Bad images that were skipped. */
  readonly skipped: number;
}

/** @param size of its images, if it had some */
export function emptySplit(size: Sides): SplitIndex {
  return { size, count: 0, sha256: '', skipped: 0 };
}

/** The record of one image of the source. */
export type SourceImageRecord = GoodImage | BadImage;

export interface GoodImage {
  readonly split: Split;
  readonly name: string;
  /** Its index in the split's file. */
  readonly index: number;
  /** SHA-256 of the encoded file; for a half, of that hash and the side. */
  readonly hash: string;
  /** SHA-256 of the decoded image before resizing: equal for the same image in another file format. */
  readonly pixels: string;
  /** Of the upright image, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The file's format by its content: `jpeg`, `png`... */
  readonly format: string;
  /** Properties that the conversion to 8-bit RGB removed: `grey`, `16-bit`, `CMYK`, `palette`, `transparent`, `rotated`, `P3 profile`, `first of 12 frames`. */
  readonly traits: readonly string[];
  /** The range of the values and the value of white (0 is black), for an image of more than 8 bits a channel. */
  readonly range?: { readonly least: number; readonly most: number; readonly white: number };
}

/** `name` and `reason` make a sentence: "trainA/7.jpg is empty (0 bytes)". */
export interface BadImage {
  readonly split: Split;
  readonly name: string;
  readonly reason: string;
}

export function splitFile(split: StoreSplit): string {
  return `${split}.rgb`;
}

export function sumsFile(split: StoreSplit): string {
  return `${split}.sums`;
}

export const SUM_BYTES = 32;

const TRUTHS = { testA: 'truthA', testB: 'truthB', valA: 'valTruthA', valB: 'valTruthB' } as const;

/** The split with the true translations of a test or validation split. */
export function truthOf(split: Split): (typeof TRUTHS)[keyof typeof TRUTHS] | undefined {
  return split in TRUTHS ? TRUTHS[split as keyof typeof TRUTHS] : undefined;
}

/** The splits of a store, to be listed: those that every data set has, and the validation part where there is one. */
export function splitsIn({ splits }: Pick<StoreIndex, 'splits'>): readonly Split[] {
  return [...REQUIRED_SPLITS, ...VALIDATION_SPLITS.filter((split) => splits[split].count + splits[split].skipped > 0)];
}

/** The same without an empty validation part, so that a store without one is written as it always was. */
export function withoutEmptyValidation<T extends object>(
  splits: Readonly<Partial<Record<StoreSplit, T>>>,
  isEmpty: (value: T) => boolean,
): Readonly<Partial<Record<StoreSplit, T>>> {
  const isPart = (split: string) => VALIDATION_STORE_SPLITS.some((each) => each === split);
  return Object.fromEntries(Object.entries(splits).filter(([split, value]) => !isPart(split) || !isEmpty(value)));
}
