import { ALPHA_BIT_FIELDS, bmpHeader, RGB, RLE4, RLE8, type BmpHeader } from './bmp-header.js';
import type { Rgb } from './raster.js';
import { toRgb } from './raster.js';
import { CUT_OFF, DecodeError } from './decode-error.js';

/**
 * Decodes a BMP image: 1, 4, 8, 16, 24 and 32 bits, RLE4, RLE8 and bit fields, bottom-up or top-down, with the headers of OS/2 and all
 * versions of Windows. The pixels equal Pillow's.
 *
 * @throws {@link DecodeError}
 */
export function decodeBmp(bytes: Uint8Array): Rgb {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = bmpHeader(file);
  const { width, height, bits } = header;
  const isRunLength = header.compression === RLE8 || header.compression === RLE4;
  if (!isRunLength && endOf(header) > file.length) throw new DecodeError(CUT_OFF);
  if (bits <= 8) {
    const indices = isRunLength ? runs(file, header) : packed(file, header);
    return { data: lookUp(indices, palette(file, header)), width, height, traits: ['palette'] };
  }
  const { rgb, transparent } = toRgb(direct(file, header), 4);
  return { data: rgb, width, height, traits: transparent ? ['transparent'] : [] };
}

/** [256, 3], black where the file has no entry. */
function palette(file: Buffer, { headerSize, bits, colours, offset }: BmpHeader): Uint8Array {
  const entry = headerSize === 12 ? 3 : 4;
  const count = Math.min(colours || 1 << bits, 256);
  const start = 14 + headerSize;
  const table = new Uint8Array(256 * 3);
  for (let i = 0, at = start; i < count && at + entry <= Math.min(offset, file.length); i++, at += entry) {
    table[i * 3] = file[at + 2]!;
    table[i * 3 + 1] = file[at + 1]!;
    table[i * 3 + 2] = file[at]!;
  }
  return table;
}

function lookUp(indices: Uint8Array, table: Uint8Array): Uint8Array {
  const data = new Uint8Array(indices.length * 3);
  for (let i = 0, to = 0; i < indices.length; i++) {
    const from = indices[i]! * 3;
    data[to++] = table[from]!;
    data[to++] = table[from + 1]!;
    data[to++] = table[from + 2]!;
  }
  return data;
}

/** Calls `visit` for each row of the image from its top, with its offset in the file. */
function eachRow(header: BmpHeader, visit: (y: number, at: number) => void): void {
  const { height, offset, fromTop } = header;
  for (let y = 0; y < height; y++) visit(y, offset + strideOf(header) * (fromTop ? y : height - 1 - y));
}

/** Rows are padded to four bytes. */
function strideOf({ width, bits }: BmpHeader): number {
  return Math.ceil((width * bits) / 32) * 4;
}

/** The offset behind the last pixel; some programs omit the last row's padding. */
function endOf(header: BmpHeader): number {
  return header.offset + strideOf(header) * (header.height - 1) + Math.ceil((header.width * header.bits) / 8);
}

/** Unpacks several indices from each byte, highest bits first, to one index a pixel. */
function packed(file: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  eachRow(header, (y, at) => {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1);
      indices[y * width + x] = (file[at + Math.floor(x / perByte)]! >> shift) & mask;
    }
  });
  return indices;
}

/** Decodes RLE8 and RLE4: pairs (count, value), or (0, command). Skipped pixels have index 0. */
function runs(file: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, bits, fromTop } = header;
  const indices = new Uint8Array(width * height);
  let at = header.offset;
  let x = 0;
  let y = 0;
  const put = (index: number) => {
    if (x < width && y < height) indices[(fromTop ? y : height - 1 - y) * width + x] = index;
    x++;
  };
  const part = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  while (y < height) {
    if (at + 2 > file.length) throw new DecodeError(CUT_OFF);
    const count = file[at++]!;
    const value = file[at++]!;
    if (count > 0) for (let i = 0; i < count; i++) put(part(value, i));
    else if (value === END_OF_IMAGE) break;
    else if (value === END_OF_ROW) {
      x = 0;
      y++;
    } else if (value === JUMP) {
      x += file[at++] ?? 0;
      y += file[at++] ?? 0;
    } else {
      const length = bits === 8 ? value : Math.ceil(value / 2);
      if (at + length > file.length) throw new DecodeError(CUT_OFF);
      for (let i = 0; i < value; i++) put(part(file[at + (bits === 8 ? i : i >> 1)]!, i));
      at += length + (length % 2);
    }
  }
  return indices;
}

const END_OF_ROW = 0;
const END_OF_IMAGE = 1;
const JUMP = 2;

/** Decodes 16, 24 and 32 bits. @returns [height, width, 4] */
function direct(file: Buffer, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const data = new Uint8Array(width * height * 4);
  const step = bits / 8;
  const channels = masks(file, header).map(channelOf);
  eachRow(header, (y, at) => {
    let to = y * width * 4;
    for (let x = 0; x < width; x++, at += step) {
      const pixel = file.readUIntLE(at, step);
      for (const channel of channels) data[to++] = channel(pixel);
    }
  });
  return data;
}

/** The bit masks of red, green, blue and alpha. */
function masks(file: Buffer, { bits, compression, headerSize }: BmpHeader): readonly number[] {
  if (compression === RGB) return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const hasAlpha = compression === ALPHA_BIT_FIELDS || headerSize >= 56;
  return [0, 1, 2, 3].map((i) => (i === 3 && !hasAlpha ? 0 : file.readUInt32LE(54 + i * 4)));
}

function channelOf(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 255;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => (((pixel & mask) >>> shift) * 255) / most;
}
