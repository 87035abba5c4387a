import { SPLITS, type Split } from '../registry/kinds/dataset.js';

/**
 * The prepared store: a folder with one file of raw pixels a split and `index.json` beside them. A split's file is its pictures
 * one after another, each [size, size, 3] uint8, rows from the top, RGB; so a picture is found by its number alone.
 */
export const STORE_FORMAT = 1;
export const INDEX_FILE = 'index.json';

/** Besides the source's own splits: one fixed training picture of each domain without jitter, and the test pictures' true translations. */
export const STORE_SPLITS = [...SPLITS, 'sampleA', 'sampleB', 'truthA', 'truthB'] as const;
export type StoreSplit = (typeof STORE_SPLITS)[number];

export interface StoreIndex {
  readonly format: typeof STORE_FORMAT;
  readonly image_size: number;
  readonly load_size: number;
  readonly splits: Readonly<Record<StoreSplit, SplitIndex>>;
}

export interface SplitIndex {
  /** Side of its pictures in pixels. */
  readonly size: number;
  readonly count: number;
  /** SHA-256 of its file. */
  readonly sha256: string;
  /** Name of each picture, in order. */
  readonly names: readonly string[];
  readonly skipped: readonly BadImage[];
}

/** `name` and `reason` make a sentence: "trainA/7.jpg is empty (0 bytes)". */
export interface BadImage {
  readonly name: string;
  readonly reason: string;
}

export function splitFile(split: StoreSplit): string {
  return `${split}.rgb`;
}

/** Where the true translation of a test split is kept. */
export function truthOf(split: Split): 'truthA' | 'truthB' | undefined {
  return split === 'testA' ? 'truthA' : split === 'testB' ? 'truthB' : undefined;
}
