import { basename, extname } from 'node:path';

/** Extensions of images that the decoder reads. Files with other names are checked by content: see content-kind.ts. */
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

/** Extensions of images that it does not read. They are listed anyway, so that each is counted and reported as a bad image. */
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
  /** The whole path in bytes, where `name` is not the exact path. */
  readonly raw?: Buffer;
}

/** Whether a file's name has an image's extension. */
export function isImage(name: string): boolean {
  return IMAGES.has(extname(name).toLowerCase());
}

/** `.bmp`; empty where there is none. */
export function extensionOf(name: string): string {
  return extname(basename(name)).toLowerCase();
}
