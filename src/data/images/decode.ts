import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { DatasetConfig } from '../../config/config.js';
import { errorCode } from '../../support/files.js';
import type { ChannelRange } from './bit-depth.js';
import { decodeRgb } from './decode-rgb.js';
import { halfOf, type Half } from './half.js';
import { isGrey } from './raster.js';
import { DecodeError } from './decode-error.js';
import { resize } from './resize.js';

/** Raise when the same file would give other pixels, or other records: what another decoder prepared is then not copied. */
export const DECODER = 4;
/** The decoder with what it reads images by: stores of another one are not copied from, as it may have other pixels. */
export const DECODED_BY = `${DECODER}, libvips ${sharp.versions.vips}`;

/** An image as people see it: upright, over white where it is transparent, 8-bit sRGB. */
export interface DecodedImage {
  /** One a wanted size, in their order: [size, size, 3] RGB. */
  readonly images: readonly Uint8Array[];
  /** SHA-256 of the upright RGB image before resizing, with its width and height: equal for equal images, however they were saved. */
  readonly pixels: string;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What the file is, whatever its name says: `jpeg`, `png`... */
  readonly format: string;
  /** What was done to make it 8-bit RGB, for people: `grey`, `16-bit`, `rotated`... */
  readonly traits: readonly string[];
  /** Of an image of more than 8 bits a channel: the numbers that it holds. */
  readonly range?: ChannelRange;
}

/** `reason` follows the image's name: `is empty (0 bytes)`. */
export type Decoded = DecodedImage | { readonly reason: string };

/** What an image is wanted as. The aspect ratio is not kept, as in the tutorial and the paper's code. */
export interface DecodeRequest {
  /** Sides of squares, in pixels. */
  readonly sizes: readonly number[];
  readonly interpolation: DatasetConfig['interpolation'];
  /** Where the image is one half of what is decoded. */
  readonly half?: Half | undefined;
}

/**
 * Decodes an image as people see it and resizes it to each wanted size. Its own work is done in the calling thread, and it
 * may be called in worker threads. A pixel takes some 10 bytes meanwhile: how many huge images are decoded at once is the caller's affair.
 *
 * @returns the image, or why there is none; it rejects only where the runner itself is at fault
 */
export async function decode(bytes: Uint8Array, wanted: DecodeRequest): Promise<Decoded> {
  try {
    return await decodeNow(bytes, wanted);
  } catch (error) {
    if (error instanceof DecodeError) return { reason: error.message };
    throw error;
  }
}

async function decodeNow(bytes: Uint8Array, { sizes, interpolation, half }: DecodeRequest): Promise<DecodedImage> {
  const { format, traits, range, ...whole } = await decodeRgb(bytes);
  const { data, width, height } = half === undefined ? whole : halfOf(whole, half);
  return {
    images: sizes.map((size) => ownCopy(resize(data, width, height, size, interpolation), data)),
    pixels: hashOf(data, width, height),
    width,
    height,
    format,
    traits: !traits.includes('grey') && isGrey(data) ? ['grey, stored as RGB', ...traits] : traits,
    ...(range && { range }),
  };
}

/** Each image has memory of its own, which may be transferred to another thread. */
function ownCopy(image: Uint8Array, source: Uint8Array): Uint8Array {
  return image === source ? new Uint8Array(image) : image;
}

/** Why a file cannot be read, in words that follow its name; undefined for an error that is not the file system's. */
export function readErrorReason(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code === undefined) return undefined;
  return UNREADABLE[code] ?? `cannot be read (${code})`;
}

function hashOf(rgb: Uint8Array, width: number, height: number): string {
  return createHash('sha256').update(`${width} ${height} `).update(rgb).digest('hex');
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'is gone, or a link that leads nowhere',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
  EISDIR: 'is a folder',
  EIO: 'cannot be read from the disk (input/output error)',
};
