import { open } from 'node:fs/promises';
import { imageKindOf } from '../images/image-kind.js';
import { DecodeError } from '../images/decode-error.js';

/** The result of {@link contentKind} for an image, even of an unsupported kind such as HEIC. */
export const IMAGE = 'image';

/** Bytes at the start of a file that show its kind. */
const START = 1024;

/** The kind of a file by its first bytes: {@link IMAGE}, another kind such as `PDF`, or an empty text if unknown. */
export function contentKind(start: Uint8Array): string {
  const text = Buffer.from(start.buffer, start.byteOffset, start.length).toString('latin1');
  const other = OTHERS.find(([, pattern]) => pattern.test(text))?.[0];
  if (other !== undefined) return other;
  // Many texts start with these two letters; in an image its size follows.
  if (/^P[1-7Ff]\s/.test(text) && !/^P([1-6Ff]\s+(#[^\n]*\n\s*)*\d|7\n)/.test(text)) return 'text';
  try {
    return imageKindOf(start) === 'svg' ? 'SVG' : IMAGE;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return kindInReason(error.message) || (/^[\t\n\r\x20-\x7e]+$/.test(text) ? 'text' : '');
  }
}

/** The kind of a file on disk. @throws errors of the file system */
export async function contentKindOf(path: string | Buffer): Promise<string> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(START), 0, START, 0);
    return contentKind(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Kinds of files that lie beside images, and those that the decoder's own check mistakes for images. */
const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['empty', /^$/],
  ['DICOM', /^[^]{128}DICM/],
  ['HDF5', /^\x89HDF\r\n\x1a\n/],
  ['NumPy', /^\x93NUMPY/],
  ['icon', /^\0\0[\x01\x02]\0[\x01-\xff]\0/],
  ['PDF', /^%PDF-/],
  ['video', /^(RIFF[^]{4}AVI |\x1aE\xdf\xa3|\0\0\x01[\xb3\xba])/],
];

/** Extracts the kind from a decode error: `is not supported: a HEIC image (...)` is an image, a video or a text is not. */
function kindInReason(reason: string): string {
  const named = /^is not supported: (?:an? )?(.*?) \(/.exec(reason)?.[1];
  if (named !== undefined) return NO_IMAGE.test(named) ? named : IMAGE;
  const other = /it is (?:an? )?(.*)$/.exec(reason)?.[1] ?? '';
  return other === 'web page (HTML)' ? 'HTML' : other.replace(/^pointer to one .*/, IMAGE);
}

/** Known kinds that are not images: documents, volumes, arrays and others. */
const NO_IMAGE =
  /^(video|sound|icon|PDF|PostScript|DjVu|Windows metafile|DICOM|FITS|NIfTI|NRRD|MetaImage|HDF5|MATLAB|NumPy|Zeiss CZI)/;
