import { createHash } from 'node:crypto';
import type { DatasetConfig } from '../../registry/config.js';
import { errorCode } from '../../support/files.js';
import type { ChannelRange } from './bit-depth.js';
import { decodeRgb } from './decode-rgb.js';
import { halfOf, type Half } from './half.js';
import { isGrey, type Raster } from './raster.js';
import { DecodeError } from './decode-error.js';
import { fitImage, type Fit } from './fit.js';

/** An image as a viewer shows it: upright, over white where it is transparent, 8-bit sRGB. */
export interface DecodedImage {
  /** One for each requested fit, in their order: [height, width, 3] RGB. */
  readonly images: readonly Raster[];
  /** SHA-256 of the upright RGB image before resizing, with its width and height: equal for equal images in any file format. */
  readonly pixels: string;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The file's format by its content: `jpeg`, `png`... */
  readonly format: string;
  /** Properties of the file that the conversion to 8-bit RGB removed: `grey`, `16-bit`, `rotated`... */
  readonly traits: readonly string[];
  /** The range of the values, for an image of more than 8 bits a channel. */
  readonly range?: ChannelRange;
}

/** `reason` follows the image's name: `is empty (0 bytes)`. */
export type Decoded = DecodedImage | { readonly reason: string };

/** How to decode an image. */
export interface DecodeRequest {
  readonly fits: readonly Fit[];
  readonly interpolation: DatasetConfig['interpolation'];
  /** Set where the image is one half of the file. */
  readonly half?: Half | undefined;
}

/**
 * Decodes an image as a viewer shows it and fits it in each requested way. It works in the calling thread and in worker threads.
 * Decoding needs about 10 bytes of memory a pixel: the caller limits how many huge images are decoded at once.
 *
 * @returns the image, or the reason why it cannot be decoded; rejects only on a bug of the runner
 */
export async function decode(bytes: Uint8Array, request: DecodeRequest): Promise<Decoded> {
  try {
    return await decodeNow(bytes, request);
  } catch (error) {
    if (error instanceof DecodeError) return { reason: error.message };
    throw error;
  }
}

async function decodeNow(bytes: Uint8Array, { fits, interpolation, half }: DecodeRequest): Promise<DecodedImage> {
  const { format, traits, range, ...whole } = await decodeRgb(bytes);
  const { data, width, height } = half === undefined ? whole : halfOf(whole, half);
  return {
    images: distinct(fits.map((fit) => fitImage({ data, width, height }, fit, interpolation))),
    pixels: hashOf(data, width, height),
    width,
    height,
    format,
    traits: !traits.includes('grey') && isGrey(data) ? ['grey, stored as RGB', ...traits] : traits,
    ...(range && { range }),
  };
}

/** Gives each image its own memory, which may be transferred to another thread: those of the source's size are the source, which may be sharp's. */
function distinct(images: readonly Raster[]): Raster[] {
  return images.map((image, i) => {
    const isShared = images.findIndex(({ data }) => data === image.data) < i || Buffer.isBuffer(image.data);
    return isShared ? { ...image, data: new Uint8Array(image.data) } : image;
  });
}

/** Why an image cannot be read, as a text that follows its name; undefined for an error that is neither of the file system nor of the image. */
export function readErrorReason(error: unknown): string | undefined {
  if (error instanceof DecodeError) return error.message;
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
