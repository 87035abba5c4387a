import { bmpHeader } from './bmp-header.js';
import { jpegHeader } from './jpeg-header.js';
import { imageKindOf, type ImageKind } from './image-kind.js';
import { pnmHeader } from './pnm.js';
import { DecodeError } from './decode-error.js';
import { tiffHeader } from './tiff-header.js';

/**
 * The number of pixels that an image's header declares, read in microseconds; undefined for a damaged file, another kind of file, or
 * an SVG. For planning memory: only decoding checks it.
 */
export function pixelCountOf(bytes: Uint8Array): number | undefined {
  try {
    const size = imageSizeOf(bytes, imageKindOf(bytes));
    return size && size.width * size.height;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/**
 * Width and height as the file's header declares them.
 *
 * @throws {@link DecodeError} for damaged files of a few kinds; undefined for the others
 */
export function imageSizeOf(bytes: Uint8Array, kind: ImageKind): ImageSize | undefined {
  try {
    return SIZES[kind](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // A read beyond the end.
    throw error;
  }
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const SIZES: Readonly<Record<ImageKind, (file: Buffer) => ImageSize | undefined>> = {
  jpeg: jpegHeader,
  png: (file) => ({ width: file.readUInt32BE(16), height: file.readUInt32BE(20) }),
  gif: (file) => ({ width: file.readUInt16LE(6), height: file.readUInt16LE(8) }),
  webp,
  tiff: tiffHeader,
  avif,
  bmp: bmpHeader,
  pnm: pnmHeader,
  svg: () => undefined,
};

/** Lossy, lossless and extended files store their size in different places. */
function webp(file: Buffer): ImageSize | undefined {
  const chunk = file.toString('latin1', 12, 16);
  if (chunk === 'VP8 ') return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
  if (chunk === 'VP8X') return { width: file.readUIntLE(24, 3) + 1, height: file.readUIntLE(27, 3) + 1 };
  if (chunk !== 'VP8L') return undefined;
  const packed = file.readUInt32LE(21);
  return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 };
}

/** The size of the file's largest image: the others are thumbnails and masks. */
function avif(file: Buffer): ImageSize | undefined {
  const start = file.subarray(0, 65536);
  let most: ImageSize | undefined;
  for (let at = start.indexOf('ispe'); at >= 0; at = start.indexOf('ispe', at + 4)) {
    const size = { width: start.readUInt32BE(at + 8), height: start.readUInt32BE(at + 12) };
    if (!most || size.width * size.height > most.width * most.height) most = size;
  }
  return most;
}
