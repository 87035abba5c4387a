import { basename, extname } from 'node:path';

/** What the decoder reads, as files are called. Files of other names are looked into: see content-kind.ts. */
export const EXTENSIONS = [
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
  '.bmp',
  '.dib',
  '.ppm',
  '.pgm',
  '.pbm',
  '.pnm',
];

/** Images that it does not read: they are listed all the same, so that each is counted and told as a bad one instead of missed. */
const UNSUPPORTED_EXTENSIONS = [
  ...[
    '.heic',
    '.heif',
    '.hif',
    '.jxl',
    '.jp2',
    '.j2k',
    '.jpx',
    '.psd',
    '.tga',
    '.exr',
    '.hdr',
    '.pam',
    '.pfm',
    '.dds',
    '.xcf',
  ],
  ...['.dng', '.cr2', '.cr3', '.nef', '.arw', '.orf', '.rw2', '.raf'],
];

const IMAGES = new Set([...EXTENSIONS, ...UNSUPPORTED_EXTENSIONS]);

/** An image of a source. */
export interface ImageFile {
  /** Relative to the source's root, `/` separated; bytes that are not UTF-8 are shown as `\xE9`. Unique in the source. */
  readonly name: string;
  /** The whole path in bytes, where `name` does not give it. */
  readonly raw?: Buffer;
}

/** Whether a file is an image by its name. */
export function isImage(name: string): boolean {
  return IMAGES.has(extname(name).toLowerCase());
}

/** `.bmp`; empty where there is none. */
export function extensionOf(name: string): string {
  return extname(basename(name)).toLowerCase();
}
