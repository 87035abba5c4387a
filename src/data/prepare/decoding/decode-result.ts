import { sha256, sha256Bytes } from '../../../support/hash.js';
import { decode, type DecodedImage, type DecodeRequest } from '../../images/decode.js';
import { hashOfHalf } from '../../images/half.js';
import type { PixelPlace, PreparedPixels } from '../pixel-file.js';

/** An encoded image, and how to decode it. */
export interface DecodeTask extends DecodeRequest {
  readonly bytes: Uint8Array;
  /** Where a worker thread may write the pixels of the first fit; the result then lacks them. */
  readonly to?: PixelPlace | undefined;
}

/** A file that the decoder reads itself, and how to decode it. */
export interface DecodeFileTask extends DecodeRequest {
  readonly file: string;
  readonly to?: PixelPlace | undefined;
}

/** The decoded image, or the reason why it cannot be decoded. */
export type DecodeResult = DecodedFile | { readonly reason: string };

/** A decoded image: its facts for the record, and its pixels for each requested fit. */
export interface DecodedFile {
  readonly facts: ImageFacts;
  readonly images: readonly PreparedPixels[];
}

/** `hash`: SHA-256 of the encoded image; for a half, of that hash and the side. */
export type ImageFacts = Omit<DecodedImage, 'images'> & { readonly hash: string };

/** A decoded image with all of its pixels in memory. */
export interface DecodedPixels extends DecodedFile {
  readonly images: readonly Required<PreparedPixels>[];
}

/** Decodes an image in this thread. */
export async function decodeTask(task: Omit<DecodeTask, 'to'>): Promise<DecodedPixels | { readonly reason: string }> {
  const decoded = await decode(task.bytes, task);
  if ('reason' in decoded) return decoded;
  const { images, ...facts } = decoded;
  return {
    facts: { hash: hashOfHalf(sha256(task.bytes), task.half), ...facts },
    images: images.map((image) => ({ ...image, sum: sha256Bytes(image.data) })),
  };
}
