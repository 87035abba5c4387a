import sharp from 'sharp';
import type { DatasetConfig } from '../../config/config.js';
import { errorCode } from '../../support/files.js';
import { resizeNearest } from './nearest.js';

/** More would need gigabytes to decode; no camera makes them. */
const MOST_PIXELS = 100_000_000;

/** A decoded picture, or why there is none, in words that follow the picture's name: `is empty (0 bytes)`. */
export type Decoded = { readonly data: Uint8Array } | { readonly reason: string };

/**
 * Decodes a picture as people see it, at `size` x `size`: upright (EXIF), over white where it is transparent, its colours in
 * 8-bit sRGB whatever they were, the first frame of an animation. The aspect ratio is not kept, as in the tutorial.
 *
 * @returns [size, size, 3] uint8, RGB
 */
export async function decode(
  read: () => Promise<Uint8Array>,
  size: number,
  interpolation: DatasetConfig['interpolation'],
): Promise<Decoded> {
  let bytes: Uint8Array;
  try {
    bytes = await read();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return { reason: UNREADABLE[code] ?? `cannot be read (${code})` };
  }
  return bytes.length === 0 ? { reason: 'is empty (0 bytes)' } : pixels(bytes, size, interpolation);
}

async function pixels(
  bytes: Uint8Array,
  size: number,
  interpolation: DatasetConfig['interpolation'],
): Promise<Decoded> {
  // failOn: truncated or damaged pixels are a reason to refuse a picture, oddities in its metadata are not.
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS, pages: 1 })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' });
  if (interpolation !== 'nearest') {
    const kernel = interpolation === 'bicubic' ? 'cubic' : 'linear';
    picture.resize(size, size, { fit: 'fill', kernel, fastShrinkOnLoad: false });
  }
  let decoded;
  try {
    decoded = await picture.toBuffer({ resolveWithObject: true });
  } catch (error) {
    return { reason: reasonOf(error as Error) };
  }
  const { width, height, channels } = decoded.info;
  const rgb = asRgb(decoded.data, channels);
  return { data: interpolation === 'nearest' ? resizeNearest(rgb, width, height, size) : rgb };
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
