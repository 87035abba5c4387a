import { disguisedKind, unsupportedKind, describeNonImage } from './unsupported-kinds.js';
import { conversionOf } from './conversions.js';
import { CUT_OFF, notSupported, DecodeError } from './decode-error.js';
import { JPEG_LS } from './jpeg-header.js';

/** Supported kinds of image files. */
export type ImageKind = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif' | 'bmp' | 'pnm' | 'svg';

/**
 * The kind of an image file by its first bytes; its name does not matter.
 *
 * @throws {@link DecodeError} for any other content, with its kind where known: `is not supported: a HEIC image (...)`
 */
export function imageKindOf(bytes: Uint8Array): ImageKind {
  if (bytes.length === 0) throw new DecodeError('is empty (0 bytes)');
  // The most common kind needs no text and no search.
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff && bytes[3] !== JPEG_LS) return 'jpeg';
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const disguised = disguisedKind(start);
  if (disguised !== undefined) throw unsupported(disguised);
  const kind = SUPPORTED.find(([, pattern]) => pattern.test(start))?.[0] ?? isoMedia(start);
  if (kind !== undefined) return kind;
  const name = unsupportedKind(start);
  if (name !== undefined) throw unsupported(name);
  throw new DecodeError(bytes.length < 4 ? CUT_OFF : describeNonImage(start));
}

const SUPPORTED: readonly (readonly [ImageKind, RegExp])[] = [
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['bmp', /^BM[^]{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0/],
  ['pnm', /^P[1-6][\s#]/],
  ['tiff', /^(II[\x2a\x2b]\0|MM\0[\x2a\x2b])/],
  ['svg', /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i],
];

/** HEIC, AVIF, Canon's CR3 and videos share a container and differ in its brands. */
function isoMedia(start: string): ImageKind | undefined {
  const brands = /^\0[^]{3}ftyp([^]{4})[^]{4}([^]*)/.exec(start);
  if (!brands) return undefined;
  const length = start.charCodeAt(2) * 256 + start.charCodeAt(3);
  const all = brands[1]! + brands[2]!.slice(0, Math.max(0, length - 16));
  if (/avi[fs]/.test(all)) return 'avif';
  throw unsupported(
    /crx /.test(all) ? 'a raw camera file' : /hei|hev|mif1|msf1/.test(all) ? 'a HEIC image' : 'a video',
  );
}

function unsupported(kind: string): DecodeError {
  return notSupported(kind, conversionOf(kind) && 'docs/data.md has a program that converts it');
}

/** Whether the first brand of an AVIF is that of animations. */
export function isAnimatedAvif(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 12)).toString('latin1', 4) === 'ftypavis';
}
