import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { DatasetConfig } from '../../config/config.js';
import { errorCode } from '../../support/files.js';
import { resize } from './resize.js';

/** More would need gigabytes to decode; no camera makes them. */
const MOST_PIXELS = 100_000_000;

/** Raise when the same file would give other pixels: prepared stores of another decoder are not copied from. */
export const DECODER = 2;

/** A picture as people see it: upright, over white where it is transparent, 8-bit sRGB. */
export interface DecodedPicture {
  /** One a wanted size, in their order: [size, size, 3] RGB. */
  readonly images: readonly Uint8Array[];
  /** SHA-256 of the upright RGB picture before resizing, with its width and height: equal for equal pictures, however they were saved. */
  readonly pixels: string;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What the file is, whatever its name says: `jpeg`, `png`... */
  readonly format: string;
  /** What was done to make it 8-bit RGB, for people: `grey`, `16-bit`, `rotated`... */
  readonly traits: readonly string[];
}

/** `reason` follows the picture's name: `is empty (0 bytes)`. */
export type Decoded = DecodedPicture | { readonly reason: string };

/** What a picture is wanted as. The aspect ratio is not kept, as in the tutorial and the paper's code. */
export interface Wanted {
  /** Sides of squares, in pixels. */
  readonly sizes: readonly number[];
  readonly interpolation: DatasetConfig['interpolation'];
}

/**
 * Decodes a picture as people see it and resizes it to each wanted size. Its own work is done in the calling thread, and it
 * may be called in worker threads.
 *
 * @returns the picture, or why there is none; it rejects only where the runner itself is at fault
 */
export async function decode(bytes: Uint8Array, wanted: Wanted): Promise<Decoded> {
  if (bytes.length === 0) return { reason: 'is empty (0 bytes)' };
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS, pages: 1 })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' });
  try {
    const { data, info } = await picture.toBuffer({ resolveWithObject: true });
    const rgb = asRgb(data, info.channels);
    const { width, height } = info;
    return {
      images: wanted.sizes.map((size) => resize(rgb, width, height, size, wanted.interpolation)),
      pixels: hashOf(rgb, width, height),
      width,
      height,
      format: 'unknown',
      traits: [],
    };
  } catch (error) {
    return { reason: reasonOf(error as Error) };
  }
}

/** Why a file cannot be read, in words that follow its name; undefined for an error that is not the file system's. */
export function unreadable(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code === undefined) return undefined;
  return UNREADABLE[code] ?? `cannot be read (${code})`;
}

function hashOf(rgb: Uint8Array, width: number, height: number): string {
  return createHash('sha256').update(`${width} ${height} `).update(rgb).digest('hex');
}

/** sharp leaves grey pictures at one channel. */
function asRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const out = new Uint8Array((data.length / channels) * 3);
  for (let i = 0, from = 0; i < out.length; i += 3, from += channels) {
    out[i] = data[from]!;
    out[i + 1] = data[channels < 3 ? from : from + 1]!;
    out[i + 2] = data[channels < 3 ? from : from + 2]!;
  }
  return out;
}

/** What sharp and libvips say, in plain words. */
function reasonOf({ message }: Error): string {
  if (/unsupported image format/i.test(message)) return 'is not a picture, or of a kind that cannot be read';
  if (/pixel limit/i.test(message)) return `is larger than ${MOST_PIXELS / 1e6} million pixels`;
  if (/premature|truncat|end of (file|input|stream)|unexpected end|too short|not enough data/i.test(message)) {
    return 'is cut off: the file ends too early';
  }
  return `is damaged or cut off (${message.split('\n')[0]!.trim()})`;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'is gone, or a link that leads nowhere',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
  EISDIR: 'is a folder',
  EIO: 'cannot be read from the disk (input/output error)',
};
