import { sha256 } from '../../../support/hash.js';
import { decode, type DecodedImage, type DecodeRequest } from '../../images/decode.js';
import { hashOfHalf } from '../../images/half.js';
import { sumOf } from '../../store/sum.js';
import type { StoredPixels } from '../pixel-file.js';

/** An encoded image, and what it is wanted as. */
export interface DecodeTask extends DecodeRequest {
  readonly bytes: Uint8Array;
}

/** The same, of a file that whoever decodes it reads. */
export interface DecodeFileTask extends DecodeRequest {
  readonly file: string;
}

/** What a decoder makes of an image. */
export type DecodeResult = DecodedFile | { readonly reason: string };

/** A decoded image: what is recorded of it, and its pixels at each wanted size. */
export interface DecodedFile {
  readonly facts: ImageFacts;
  readonly images: readonly StoredPixels[];
}

/** `hash`: SHA-256 of the encoded image; of a half, of that and which it is. */
export type ImageFacts = Omit<DecodedImage, 'images'> & { readonly hash: string };

export async function decodeTask({ bytes, ...wanted }: DecodeTask): Promise<DecodeResult> {
  const decoded = await decode(bytes, wanted);
  if ('reason' in decoded) return decoded;
  const { images, ...facts } = decoded;
  return {
    facts: { hash: hashOfHalf(sha256(bytes), wanted.half), ...facts },
    images: images.map((data) => ({ data, sum: sumOf(data) })),
  };
}
