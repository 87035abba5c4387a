import { CUT_OFF, notSupported, DecodeError } from './decode-error.js';

/** Compressions. */
export const RGB = 0;
export const RLE8 = 1;
export const RLE4 = 2;
export const BIT_FIELDS = 3;
export const ALPHA_BIT_FIELDS = 6;

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly fromTop: boolean;
  readonly bits: number;
  readonly compression: number;
  /** The offset of the pixels in the file. */
  readonly offset: number;
  readonly headerSize: number;
  readonly colours: number;
}

/** @throws {@link DecodeError} */
export function bmpHeader(file: Buffer): BmpHeader {
  const headerSize = file.length < 18 ? 0 : file.readUInt32LE(14);
  if (file.length < 14 + Math.max(12, headerSize)) throw new DecodeError(CUT_OFF);
  const old = headerSize === 12; // OS/2 1: 16-bit sizes, palettes of three bytes.
  const height = old ? file.readInt16LE(20) : file.readInt32LE(22);
  const bits = file.readUInt16LE(old ? 24 : 28);
  const compression = old ? RGB : file.readUInt32LE(30);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw notSupported(`${bits} bits a pixel in a BMP`);
  const fits =
    compression === RGB ||
    (compression === RLE8 && bits === 8) ||
    (compression === RLE4 && bits === 4) ||
    ((compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS) && (bits === 16 || bits === 32));
  if (!fits) throw notSupported(`compression ${compression} in a BMP`);
  return {
    width: old ? file.readUInt16LE(18) : file.readInt32LE(18),
    height: Math.abs(height),
    fromTop: height < 0,
    bits,
    compression,
    offset: file.readUInt32LE(10),
    headerSize,
    colours: old ? 0 : file.readUInt32LE(46),
  };
}
