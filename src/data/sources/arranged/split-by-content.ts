import { sha256 } from '../../../support/hash.js';

export interface SplitOptions {
  /** The share of each domain's distinct images. */
  readonly test_share: number;
  readonly split_seed: number;
}

/** An image and the SHA-256 of its content; without a hash where it cannot be read. */
export interface Hashed {
  readonly name: string;
  readonly hash?: string;
}

/** The rank of a content in the draw for tests: the lowest first. */
export function rankOf(hash: string, seed: number): string {
  return sha256([seed, hash]);
}

/**
 * Splits a domain's images into training and test images. They are ranked by a hash of seed and content, and the first ones are for tests:
 * so names and folders do not matter, an added image moves at most one other, and copies of an image stay together. There is at least
 * one test image and one training image; unreadable images stay in training, which reports them.
 *
 * @returns nothing when there are fewer than two distinct images
 */
export function splitByContent<T extends Hashed>(
  images: readonly T[],
  { test_share, split_seed }: SplitOptions,
): { readonly train: readonly T[]; readonly test: readonly T[] } | undefined {
  const contents = [...new Set(images.flatMap(({ hash }) => (hash === undefined ? [] : [hash])))];
  if (contents.length < 2) return undefined;
  const ranked = contents
    .map((hash) => ({ hash, rank: rankOf(hash, split_seed) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const count = Math.min(contents.length - 1, Math.max(1, Math.round(test_share * contents.length)));
  const chosen = new Set(ranked.slice(0, count).map(({ hash }) => hash));
  const isTest = ({ hash }: T) => hash !== undefined && chosen.has(hash);
  return { train: images.filter((image) => !isTest(image)), test: images.filter(isTest) };
}
