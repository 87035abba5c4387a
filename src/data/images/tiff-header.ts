/** The tags of a TIFF's first page that describe its pixels. */
export interface TiffHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per channel; the first channel's where they differ. */
  readonly bits: number;
  readonly compression: number;
  readonly photometric: number;
  /** Channels, including extra ones. */
  readonly samples: number;
  /** 1 unsigned, 2 signed, 3 floating-point, 5 and 6 complex. */
  readonly sampleFormat: number;
  /** The kind of each extra channel: 0 unspecified, 1 associated alpha, 2 alpha; empty where the file has no such tag. */
  readonly extraSamples: readonly number[];
  readonly tiled: boolean;
  /** Whether it is a camera's raw file: the first page is a preview or sensor data. */
  readonly raw: boolean;
}

const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  samples: 277,
  tileWidth: 322,
  subIfds: 330,
  extraSamples: 338,
  sampleFormat: 339,
  dngVersion: 50706,
} as const;

/** More entries than any valid file has. */
const ENTRIES = 4096;
/** Values read of a tag: one for each channel. */
const VALUES = 16;

/** Photometric interpretations of raw files: a colour filter array, and data demosaiced from one. */
const CFA = 32803;
const LINEAR_RAW = 34892;

/**
 * Reads a TIFF or BigTIFF of either byte order.
 *
 * @returns nothing for a file that ends before its header does, or that has none
 */
export function tiffHeader(bytes: Uint8Array): TiffHeader | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // A read beyond the end.
    throw error;
  }
}

/** Whether a file ends before its first page's tags do. */
export function endsInTiffHeader(bytes: Uint8Array): boolean {
  try {
    tagsOf(bytes);
    return false;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

function read(bytes: Uint8Array): TiffHeader | undefined {
  const tags = tagsOf(bytes);
  const [width, height] = [tags.get(TAG.width)?.[0], tags.get(TAG.height)?.[0]];
  if (width === undefined || height === undefined) return undefined;
  const first = (tag: number, otherwise: number) => tags.get(tag)?.[0] ?? otherwise;
  const photometric = first(TAG.photometric, -1);
  const preview = (first(TAG.subfileType, 0) & 1) === 1 && tags.has(TAG.subIfds);
  return {
    width,
    height,
    bits: first(TAG.bits, 1),
    compression: first(TAG.compression, 1),
    photometric,
    samples: first(TAG.samples, 1),
    sampleFormat: first(TAG.sampleFormat, 1),
    extraSamples: tags.get(TAG.extraSamples) ?? [],
    tiled: tags.has(TAG.tileWidth),
    raw: preview || tags.has(TAG.dngVersion) || photometric === CFA || photometric === LINEAR_RAW,
  };
}

/** Whole numbers of either byte order. */
interface Reader {
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  u64(at: number): number;
}

function readerOf(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  return {
    u8: (at) => view.getUint8(at),
    u16: (at) => view.getUint16(at, little),
    u32: (at) => view.getUint32(at, little),
    u64: (at) => Number(view.getBigUint64(at, little)),
  };
}

/** The whole numbers of the first page's tags. */
function tagsOf(bytes: Uint8Array): Map<number, number[]> {
  const reader = readerOf(bytes);
  const big = reader.u16(2) === 43;
  const start = big ? reader.u64(8) : reader.u32(4);
  const count = big ? reader.u64(start) : reader.u16(start);
  const [first, size] = big ? [start + 8, 20] : [start + 2, 12];
  const tags = new Map<number, number[]>();
  for (let i = 0; i < Math.min(count, ENTRIES); i++) {
    const values = valuesAt(reader, first + i * size, big);
    if (values !== undefined) tags.set(reader.u16(first + i * size), values);
  }
  return tags;
}

/** @returns nothing for texts, fractions and other types than whole numbers */
function valuesAt(reader: Reader, entry: number, big: boolean): number[] | undefined {
  const type = TYPES[reader.u16(entry + 2)];
  if (type === undefined) return undefined;
  const count = big ? reader.u64(entry + 4) : reader.u32(entry + 4);
  const [field, fieldSize] = big ? [entry + 12, 8] : [entry + 8, 4];
  const at = count * type.size <= fieldSize ? field : big ? reader.u64(field) : reader.u32(field);
  try {
    return Array.from({ length: Math.min(count, VALUES) }, (_, i) => type.read(reader, at + i * type.size));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // This tag lies beyond the end; others may not.
    throw error;
  }
}

/** BYTE, SHORT, LONG, IFD, LONG8 and IFD8. */
const TYPES: Readonly<
  Record<number, { readonly size: number; readonly read: (reader: Reader, at: number) => number }>
> = {
  1: { size: 1, read: (reader, at) => reader.u8(at) },
  3: { size: 2, read: (reader, at) => reader.u16(at) },
  4: { size: 4, read: (reader, at) => reader.u32(at) },
  13: { size: 4, read: (reader, at) => reader.u32(at) },
  16: { size: 8, read: (reader, at) => reader.u64(at) },
  18: { size: 8, read: (reader, at) => reader.u64(at) },
};
