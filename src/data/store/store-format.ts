import type { DatasetConfig } from '../../config/config.js';
import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import type { JsonObject } from '../../support/json.js';

/**
 * The prepared store: a folder with two files a split, and `index.json`, `pictures.jsonl` and `findings.json` beside them. `trainA.rgb` is
 * a split's images one after another, each [size, size, 3] uint8, rows from the top, RGB; so an image is found by its number alone.
 * `trainA.sums` is their SHA-256s one after another, 32 bytes each: whoever reads an image sees whether it is what was written, without
 * reading the rest.
 */
export const STORE_FORMAT = 2;
export const INDEX_FILE = 'index.json';
/** A line for every image that was looked at, good or bad: {@link SourceImageRecord}. */
export const IMAGES_FILE = 'pictures.jsonl';
/** What is worth knowing of the images as a whole: duplicates, leaks, counts. */
export const FINDINGS_FILE = 'findings.json';

/** Besides the source's own splits: one fixed training image of each domain without jitter, and the test images' true translations. */
export const STORE_SPLITS = [...SPLITS, 'sampleA', 'sampleB', 'truthA', 'truthB'] as const;
export type StoreSplit = (typeof STORE_SPLITS)[number];

/** What readers need, and a few numbers; small, however many images there are. */
export interface StoreIndex {
  readonly format: typeof STORE_FORMAT;
  readonly image_size: number;
  readonly load_size: number;
  readonly interpolation: DatasetConfig['interpolation'];
  /** `3, libvips 8.18.7`: stores of another one are not copied from, as it may make other pixels of the same file. */
  readonly decoder: string;
  readonly splits: Readonly<Record<StoreSplit, SplitIndex>>;
  /** SHA-256 of `pictures.jsonl`. Stores keep the names that this format began with. */
  readonly pictures: string;
  /** What the source says of itself: {@link DatasetSource.provenance}. */
  readonly source: JsonObject;
}

export interface SplitIndex {
  /** Side of its images in pixels. */
  readonly size: number;
  readonly count: number;
  /** SHA-256 of its file of SHA-256s, and so of all its pixels. */
  readonly sha256: string;
  /** Bad images that were passed over. */
  readonly skipped: number;
}

/** What is known of one image of the source. */
export type SourceImageRecord = GoodImage | BadImage;

export interface GoodImage {
  readonly split: Split;
  readonly name: string;
  /** Its place in the split's file. */
  readonly index: number;
  /** SHA-256 of the encoded file; of a half of one, of that and which half it is. */
  readonly hash: string;
  /** Of the decoded image before it was resized; the same for the same image in another file format. */
  readonly pixels: string;
  /** As people see it (upright), in pixels. */
  readonly width: number;
  readonly height: number;
  /** What the file is, whatever its name says: `jpeg`, `png`... */
  readonly format: string;
  /** What was done to make it 8-bit RGB, for people: `grey`, `16-bit`, `CMYK`, `palette`, `transparent`, `rotated`, `P3 profile`, `first of 12 frames`. */
  readonly traits: readonly string[];
  /** Of an image of more than 8 bits a channel: the numbers that it holds, and which of them is white; 0 is black. */
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

/** Where the true translation of a test split is kept. */
export function truthOf(split: Split): 'truthA' | 'truthB' | undefined {
  return split === 'testA' ? 'truthA' : split === 'testB' ? 'truthB' : undefined;
}
