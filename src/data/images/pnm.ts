import { rangeTrait } from './bit-depth.js';
import { toRgb, type Rgb } from './raster.js';
import { CUT_OFF, DecodeError } from './decode-error.js';

/**
 * Decodes a portable bitmap, graymap or pixmap (PBM, PGM, PPM), text (P1 to P3) or binary (P4 to P6), of up to 16 bits.
 *
 * @throws {@link DecodeError}
 */
export function decodePnm(bytes: Uint8Array): Rgb {
  const { type, width, height, most, offset } = pnmHeader(bytes);
  if (!(most >= 1 && most <= 65535)) throw new DecodeError(`is damaged (its largest value is ${most})`);
  const channels = type === 3 || type === 6 ? 3 : 1;
  const rest = bytes.subarray(offset);
  const least =
    type === 4 ? Math.ceil(width / 8) * height : width * height * channels * (most > 255 && type > 4 ? 2 : 1);
  if (rest.length < least) throw new DecodeError(CUT_OFF);
  const value = type <= 3 ? texts(rest, type) : type === 4 ? bitsOf(rest, width) : binary(rest, most);
  const data = new Uint8Array(width * height * channels);
  let [low, high] = [Infinity, 0];
  for (let i = 0; i < data.length; i++) {
    const v = value(i);
    if (v === undefined) throw new DecodeError(CUT_OFF);
    if (v < low) low = v;
    if (v > high) high = v;
    data[i] = Math.min(255, (v * 255) / most + 0.5);
  }
  const range = most > 255 ? { least: low, most: high, white: most } : undefined;
  const traits = [channels === 1 ? 'grey' : '', range ? '16-bit' : '', (range && rangeTrait(range)) ?? ''];
  const found = { traits: traits.filter((trait) => trait !== ''), ...(range && { range }) };
  return { data: toRgb(data, channels).rgb, width, height, ...found };
}

export interface PnmHeader {
  readonly type: number;
  readonly width: number;
  readonly height: number;
  /** The value of white. */
  readonly most: number;
  /** The offset of the pixels in the file. */
  readonly offset: number;
}

/** Reads the header: numbers separated by white space and comments, and one white space after the last. */
export function pnmHeader(bytes: Uint8Array): PnmHeader {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1');
  const type = Number(text[1]);
  const gap = String.raw`(?:\s|#[^\n]*\n)+`;
  const numbers = type === 1 || type === 4 ? 2 : 3;
  const match = new RegExp(`^P[1-6]${`${gap}(\\d{1,9})`.repeat(numbers)}(?:#[^\\n]*\\n|\\s)`).exec(text);
  if (!match) throw new DecodeError(CUT_OFF);
  const [width, height, most = 1] = match.slice(1).map(Number);
  return { type, width: width!, height: height!, most, offset: match[0].length };
}

type Values = (i: number) => number | undefined;

/** Reads values in their order. Bitmaps may have no space between their digits, and in them 1 is black. */
function texts(rest: Uint8Array, type: number): Values {
  const text = Buffer.from(rest)
    .toString('latin1')
    .replace(/#[^\n]*/g, '');
  const tokens = text.matchAll(type === 1 ? /[01]/g : /\d+/g);
  return () => {
    const token = tokens.next().value?.[0];
    return token === undefined ? undefined : type === 1 ? 1 - Number(token) : Number(token);
  };
}

/** Eight pixels a byte, the highest bit first, rows padded to bytes; 1 is black. */
function bitsOf(rest: Uint8Array, width: number): Values {
  const stride = Math.ceil(width / 8);
  return (i) => {
    const x = i % width;
    const byte = rest[Math.floor(i / width) * stride + (x >> 3)];
    return byte === undefined ? undefined : 1 - ((byte >> (7 - (x & 7))) & 1);
  };
}

/** Above 255 a value has two bytes, the higher first. */
function binary(rest: Uint8Array, most: number): Values {
  if (most < 256) return (i) => rest[i];
  return (i) => (i * 2 + 1 < rest.length ? rest[i * 2]! * 256 + rest[i * 2 + 1]! : undefined);
}
