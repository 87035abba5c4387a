/** The content of a test's TIFF. */
export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  /** Pixels as stored in the file; in `big-endian` files the bytes of values above 8 bits are swapped. */
  readonly data: Uint8Array | Uint16Array | Float32Array;
  readonly bits?: number;
  readonly samples?: number;
  readonly photometric?: number;
  readonly compression?: number;
  readonly sampleFormat?: number;
  readonly extraSamples?: readonly number[];
  /** Data is one tile of 16 x 16. */
  readonly tiled?: boolean;
  readonly bigEndian?: boolean;
  readonly bigTiff?: boolean;
  /** Further tags, each with one LONG. */
  readonly more?: Readonly<Record<number, number>>;
}

type Entry = readonly [tag: number, type: 1 | 3 | 4, values: readonly number[]];

/** Writes a TIFF of one page by hand, with content that libraries do not write. */
export function tiff(options: TiffOptions): Buffer {
  const { bigEndian = false, bigTiff = false } = options;
  const pixels = Buffer.from(options.data.buffer, options.data.byteOffset, options.data.byteLength);
  const size = options.data.BYTES_PER_ELEMENT;
  const data = bigEndian && size > 1 ? turned(pixels, size) : Buffer.from(pixels);
  const [header, field] = bigTiff ? [16, 8] : [8, 4];
  const entries = entriesOf(options, header, data.length);
  const start = header + data.length + (data.length % 2);
  const file = Buffer.alloc(start + 4096);
  const write = (value: number, bytes: number, at: number) => {
    if (bytes === 8)
      return void (bigEndian ? file.writeBigUInt64BE(BigInt(value), at) : file.writeBigUInt64LE(BigInt(value), at));
    return void (bigEndian ? file.writeUIntBE(value, at, bytes) : file.writeUIntLE(value, at, bytes));
  };
  file.write(bigEndian ? 'MM' : 'II', 0, 'latin1');
  write(bigTiff ? 43 : 42, 2, 2);
  if (bigTiff) write(8, 2, 4);
  write(start, field, bigTiff ? 8 : 4);
  data.copy(file, header);
  write(entries.length, bigTiff ? 8 : 2, start);
  let at = start + (bigTiff ? 8 : 2);
  let free = start + 2048;
  for (const [tag, type, values] of entries) {
    const each = { 1: 1, 3: 2, 4: 4 }[type];
    write(tag, 2, at);
    write(type, 2, at + 2);
    write(values.length, field, at + 4);
    const inline = values.length * each <= field;
    const place = inline ? at + 4 + field : free;
    if (!inline) {
      write(free, field, at + 4 + field);
      free += values.length * each;
    }
    values.forEach((value, i) => write(value, each, place + i * each));
    at += bigTiff ? 20 : 12;
  }
  return file;
}

function entriesOf(options: TiffOptions, offset: number, length: number): Entry[] {
  const { width, height, bits = 8, samples = 3, photometric = samples < 3 ? 1 : 2, tiled, extraSamples } = options;
  const place: Entry[] = tiled
    ? [
        [322, 3, [16]],
        [323, 3, [16]],
        [324, 4, [offset]],
        [325, 4, [length]],
      ]
    : [
        [273, 4, [offset]],
        [278, 4, [height]],
        [279, 4, [length]],
      ];
  const entries: Entry[] = [
    [256, 3, [width]],
    [257, 3, [height]],
    [258, 3, Array.from({ length: samples }, () => bits)],
    [259, 3, [options.compression ?? 1]],
    [262, 3, [photometric]],
    [277, 3, [samples]],
    [284, 3, [1]],
    [339, 3, Array.from({ length: samples }, () => options.sampleFormat ?? 1)],
    ...place,
    ...(extraSamples ? [[338, 3, extraSamples] as const] : []),
    ...Object.entries(options.more ?? {}).map(([tag, value]) => [Number(tag), 4, [value]] as const),
  ];
  return entries.sort(([a], [b]) => a - b);
}

function turned(data: Buffer, size: number): Buffer {
  const copy = Buffer.from(data);
  return size === 2 ? copy.swap16() : copy.swap32();
}

/** The bits of a 16-bit floating-point number; for 0 and values between 2^-14 and 65504. */
export function half(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) + (exponent + 15) * 1024 + fraction;
}
