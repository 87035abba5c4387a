import sharp, { type Sharp } from 'sharp';
import { crc32 } from '../../data/unpack/crc32.js';
import type { RgbImage } from '../../inference/image-grid.js';
import type { OutputFormat } from '../request.js';
import { exifOfTranslation } from './exif.js';

/** Of formats that lose something: hardly visible, and a third of a lossless file. */
const QUALITY = 95;

/** Encodes an sRGB image. @param exif of the input, which is kept in JPEG and PNG */
export async function encode(image: RgbImage, format: OutputFormat, exif?: Uint8Array): Promise<Buffer> {
  const { width, height, data } = image;
  const file = await ENCODERS[format](sharp(data, { raw: { width, height, channels: 3 } })).toBuffer();
  const kept = exif && exifOfTranslation(exif, width, height);
  return kept === undefined ? file : (WITH_EXIF[format]?.(file, kept) ?? file);
}

const ENCODERS: Readonly<Record<OutputFormat, (image: Sharp) => Sharp>> = {
  png: (image) => image.png({ compressionLevel: 6 }),
  // Without subsampling: a generator's edges in colour are as sharp as those in brightness.
  jpeg: (image) => image.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }),
  webp: (image) => image.webp({ quality: QUALITY, smartSubsample: true }),
  tiff: (image) => image.tiff({ compression: 'deflate', predictor: 'horizontal' }),
  avif: (image) => image.avif({ quality: 80, chromaSubsampling: '4:4:4', effort: 3 }),
};

const WITH_EXIF: Readonly<Partial<Record<OutputFormat, (file: Buffer, exif: Buffer) => Buffer>>> = {
  jpeg: (file, exif) => (exif.length > 65_000 ? file : inserted(file, 2, app1(exif))),
  png: (file, exif) => inserted(file, PNG_HEADER, chunk('eXIf', exif)),
};

/** Where a PNG's first chunk after IHDR begins. */
const PNG_HEADER = 8 + 12 + 13;

const inserted = (file: Buffer, at: number, part: Buffer): Buffer =>
  Buffer.concat([file.subarray(0, at), part, file.subarray(at)]);

/** A JPEG's segment of EXIF: marker, length, `Exif\0\0`, the TIFF structure. */
function app1(exif: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** A PNG's chunk: length, name, content, checksum of name and content. */
function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named, 0));
  return Buffer.concat([length, named, sum]);
}
