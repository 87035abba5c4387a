import { sha256 } from '../../../support/hash.js';
import { decode, type DecodedPicture, type Wanted } from '../../pictures/decode.js';
import { hashOfHalf } from '../../pictures/half.js';
import { sumOf } from '../../store/sum.js';
import type { Pixels } from '../pixel-file.js';

/** An encoded picture, and what it is wanted as. */
export interface Task extends Wanted {
  readonly bytes: Uint8Array;
}

/** The same, of a file that whoever decodes it reads. */
export interface FileTask extends Wanted {
  readonly file: string;
}

/** What a decoder makes of a picture. */
export type Answer = Good | { readonly reason: string };

/** A decoded picture: what is recorded of it, and its pixels at each wanted size. */
export interface Good {
  readonly facts: Facts;
  readonly images: readonly Pixels[];
}

/** `hash`: SHA-256 of the encoded picture; of a half, of that and which it is. */
export type Facts = Omit<DecodedPicture, 'images'> & { readonly hash: string };

export async function answer({ bytes, ...wanted }: Task): Promise<Answer> {
  const decoded = await decode(bytes, wanted);
  if ('reason' in decoded) return decoded;
  const { images, ...facts } = decoded;
  return {
    facts: { hash: hashOfHalf(sha256(bytes), wanted.half), ...facts },
    images: images.map((data) => ({ data, sum: sumOf(data) })),
  };
}
