import { pixelsIn, sidesOf, type HeightWidth, type Sides } from '../../support/sides.js';
import { SUM_BYTES } from './store-format.js';

/** Where the images of a split lie in its files. */
export interface SplitLayout {
  /** Of all images together. */
  readonly bytes: number;
  size(index: number): HeightWidth;
  /** Of the first byte of an image. */
  offset(index: number): number;
  /** SHA-256 of an image's pixels. */
  sum(index: number): Uint8Array;
}

/** In a split of images of different sizes, each checksum is followed by the height and the width, 32 bits each, little-endian. */
const SIZE_BYTES = 8;

/** Bytes of the `.sums` file for each image. @param size null where each image has its own */
export const recordBytes = (size: Sides | null): number => SUM_BYTES + (size === null ? SIZE_BYTES : 0);

/** The record of an image in the `.sums` file of a split of different sizes. */
export function sizedSum(sum: Uint8Array, { height, width }: HeightWidth): Uint8Array {
  const record = Buffer.alloc(SUM_BYTES + SIZE_BYTES);
  record.set(sum);
  record.writeUInt32LE(height, SUM_BYTES);
  record.writeUInt32LE(width, SUM_BYTES + 4);
  return record;
}

/** @param sums the content of the `.sums` file @param pixelBytes of a pixel */
export function layoutOf(size: Sides | null, sums: Buffer, pixelBytes: number): SplitLayout {
  const record = recordBytes(size);
  const count = sums.length / record;
  const sum = (index: number) => sums.subarray(index * record, index * record + SUM_BYTES);
  if (size !== null) {
    const each = pixelsIn(size) * pixelBytes;
    return { bytes: count * each, size: () => sidesOf(size), offset: (index) => index * each, sum };
  }
  const sizeAt = (index: number): HeightWidth => {
    const at = index * record + SUM_BYTES;
    return { height: sums.readUInt32LE(at), width: sums.readUInt32LE(at + 4) };
  };
  const offsets = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) offsets[i + 1] = offsets[i]! + pixelsIn(sizeAt(i)) * pixelBytes;
  return { bytes: offsets[count]!, size: sizeAt, offset: (index) => offsets[index]!, sum };
}
