import { sha256 } from '../../../support/hash.js';
import { decode, type DecodedPicture, type Wanted } from '../../pictures/decode.js';
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

/** `hash`: SHA-256 of the encoded picture. */
export type Facts = Omit<DecodedPicture, 'images'> & { readonly hash: string };

export async function answer({ bytes, sizes, interpolation }: Task): Promise<Answer> {
  const decoded = await decode(bytes, { sizes, interpolation });
  if ('reason' in decoded) return decoded;
  const { images, ...facts } = decoded;
  return {
    facts: { hash: sha256(bytes), ...facts },
    images: images.map((data) => ({ data, sum: sumOf(data) })),
  };
}
