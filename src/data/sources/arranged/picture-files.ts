import { basename, extname } from 'node:path';

/** What the decoder reads, as files are called. */
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

/** Pictures that it does not read: they are listed all the same, so that each is counted and told as a bad one instead of missed. */
const UNREAD = [
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

const PICTURES = new Set([...EXTENSIONS, ...UNREAD]);

/** What systems and archivers leave behind; everything whose name starts with a dot is, too. */
const DEBRIS = new Set(['__macosx', '$recycle.bin', 'system volume information', '@eadir', 'thumbs.db', 'desktop.ini']);

/** A picture of a source. */
export interface PictureFile {
  /** Relative to the source's root, `/` separated; bytes that are not UTF-8 are shown as `\xE9`. Unique in the source. */
  readonly name: string;
  /** The whole path in bytes, where `name` does not give it. */
  readonly raw?: Buffer;
}

export function isPicture(name: string): boolean {
  return PICTURES.has(extname(name).toLowerCase());
}

/** Whether a file or folder is nobody's picture: hidden, or debris of macOS, Windows and the like. */
export function isDebris(name: string): boolean {
  return name.startsWith('.') || DEBRIS.has(name.toLowerCase());
}

/** `.bmp`; `nameless` where there is none. */
export function kindOf(name: string): string {
  return extname(basename(name)).toLowerCase() || 'nameless';
}
