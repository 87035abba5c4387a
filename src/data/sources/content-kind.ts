import { open } from 'node:fs/promises';
import { imageKindOf } from '../images/image-kind.js';
import { DecodeError } from '../images/decode-error.js';

/** What {@link contentKind} answers for an image, whether it can be read or not (HEIC, say). */
export const IMAGE = 'image';

/** So much of a file tells what it is. */
const START = 1024;

/** What a file is by its first bytes: {@link IMAGE}, else a few words for what it is, or none where nobody knows. */
export function contentKind(start: Uint8Array): string {
  const text = Buffer.from(start.buffer, start.byteOffset, start.length).toString('latin1');
  const other = OTHERS.find(([, pattern]) => pattern.test(text))?.[0];
  if (other !== undefined) return other;
  // Two letters begin many a text; an image's size follows them.
  if (/^P[1-7Ff]\s/.test(text) && !/^P([1-6Ff]\s+(#[^\n]*\n\s*)*\d|7\n)/.test(text)) return 'text';
  try {
    return imageKindOf(start) === 'svg' ? 'SVG' : IMAGE;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return kindInReason(error.message) || (/^[\t\n\r\x20-\x7e]+$/.test(text) ? 'text' : '');
  }
}

/** The same of a file; nothing where it cannot be read. */
export async function contentKindOf(path: string | Buffer): Promise<string> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(START), 0, START, 0);
    return contentKind(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** What people keep beside images, or take for images, and what only looks like an image to the decoder's own check. */
const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['empty', /^$/],
  ['DICOM', /^[^]{128}DICM/],
  ['HDF5', /^\x89HDF\r\n\x1a\n/],
  ['NumPy', /^\x93NUMPY/],
  ['icon', /^\0\0[\x01\x02]\0[\x01-\xff]\0/],
  ['PDF', /^%PDF-/],
  ['video', /^(RIFF[^]{4}AVI |\x1aE\xdf\xa3|\0\0\x01[\xb3\xba])/],
];

/** `is not supported: a HEIC image (...)` is an image; `is not supported: a video (...)` and `is not an image: it is text` are none. */
function kindInReason(reason: string): string {
  const named = /^is not supported: (?:an? )?(.*?) \(/.exec(reason)?.[1];
  if (named !== undefined) return NO_IMAGE.test(named) ? named : IMAGE;
  const other = /it is (?:an? )?(.*)$/.exec(reason)?.[1] ?? '';
  return other === 'web page (HTML)' ? 'HTML' : other.replace(/^pointer to one .*/, IMAGE);
}

/** Documents, drawings, volumes and arrays among what is known by name. */
const NO_IMAGE =
  /^(video|sound|icon|PDF|PostScript|DjVu|Windows metafile|DICOM|FITS|NIfTI|NRRD|MetaImage|HDF5|MATLAB|NumPy|Zeiss CZI)/;
