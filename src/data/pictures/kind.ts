import { CUT_OFF, NO_PICTURE, Refusal } from './refusal.js';

/** Kinds of files that are read. */
export type Kind = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif' | 'bmp' | 'pnm' | 'svg';

/**
 * What a file is by its first bytes, whatever its name says.
 *
 * @throws {@link Refusal} for everything that is not read, by its name where it has one: `is a HEIC picture, which...`
 */
export function kindOf(bytes: Uint8Array): Kind {
  if (bytes.length === 0) throw new Refusal('is empty (0 bytes)');
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const kind = READ.find(([, pattern]) => pattern.test(start))?.[0] ?? isoMedia(start);
  if (kind !== undefined) return kind;
  const name = NOT_READ.find(([, pattern]) => pattern.test(start))?.[0];
  if (name === undefined) throw new Refusal(bytes.length < 4 ? CUT_OFF : whatElse(start));
  throw new Refusal(`is ${name}, which cannot be read: convert it to JPEG or PNG`);
}

const READ: readonly (readonly [Kind, RegExp])[] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['bmp', /^BM[^]{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0/],
  ['pnm', /^P[1-6][\s#]/],
  ['svg', /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i],
];

/** Camera files are TIFFs inside, so these are looked at before TIFF. */
const RAW_CAMERA = /^(II\x2a\0[^]{4}CR|IIRO|IIRS|IIU\0|FUJIFILMCCD-RAW|\0MRM|FOVb)/;
const TIFF = /^(II[\x2a\x2b]\0|MM\0[\x2a\x2b])/;

const NOT_READ: readonly (readonly [string, RegExp])[] = [
  ['a JPEG 2000 picture', /^(\0\0\0\x0cjP {2}\r\n\x87\n|\xff\x4f\xff\x51)/],
  ['a JPEG XL picture', /^(\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n)/],
  ['a Photoshop document', /^8BPS/],
  ['a raw camera file', RAW_CAMERA],
  ['an OpenEXR picture', /^v\/1\x01/],
  ['a Radiance HDR picture', /^#\?(RADIANCE|RGBE)/],
  ['an icon file', /^\0\0[\x01\x02]\0[^]\0?/],
  ['a PAM or PFM picture', /^(P7\n|P[Ff]\s)/],
  ['a DDS texture', /^DDS /],
  ['a GIMP document', /^gimp xcf/],
  ['a PDF document', /^%PDF-/],
];

/** HEIC, AVIF, Canon's CR3 and videos share a container; its brands tell. */
function isoMedia(start: string): Kind | undefined {
  if (RAW_CAMERA.test(start)) return undefined;
  if (TIFF.test(start)) return 'tiff';
  const brands = /^\0[^]{3}ftyp([^]{4})[^]{4}([^]*)/.exec(start);
  if (!brands) return undefined;
  const length = start.charCodeAt(2) * 256 + start.charCodeAt(3);
  const all = brands[1]! + brands[2]!.slice(0, Math.max(0, length - 16));
  if (/avi[fs]/.test(all)) return 'avif';
  const name = /crx /.test(all) ? 'a raw camera file' : /hei|hev|mif1|msf1/.test(all) ? 'a HEIC picture' : 'a video';
  throw new Refusal(`is ${name}, which cannot be read: convert it to JPEG or PNG`);
}

/** For what people take for pictures by mistake: a web page that was saved under a picture's name, most of all. */
function whatElse(start: string): string {
  if (/^\s*(<!doctype html|<html|<head)/i.test(start)) return 'is not a picture: it is a web page (HTML)';
  if (/^PK\x03\x04|^\x1f\x8b/.test(start)) return 'is not a picture: it is an archive';
  if (/^[\t\n\r\x20-\x7e]+$/.test(start)) return 'is not a picture: it is text';
  return NO_PICTURE;
}
