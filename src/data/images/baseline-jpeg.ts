import { withJpegDecoder, type JpegDecoder } from './wasm/jpeg-decoder.js';

/** Decoded samples, before any conversion of a profile's colours. */
export interface BaselineJpeg {
  /** [height, width, channels], RGB or grey. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Pixels; a larger image would need too much memory for its planes. */
const MAX_PIXELS = 8e6;

/**
 * Decodes the most common kind of JPEG without libvips, which spends more time around the decoder than in it: baseline, one scan, grey or
 * YCbCr with whole, half or quarter colours. The result equals libjpeg-turbo's bit for bit.
 *
 * @returns nothing for another kind of JPEG, and for one with any irregularity: libvips then decides what is an error
 */
export function decodeBaselineJpeg(bytes: Uint8Array): BaselineJpeg | undefined {
  const frame = readFrame(bytes);
  return frame && withJpegDecoder(memoryOf(frame, bytes), (decoder) => decodeFrame(decoder, frame, bytes));
}

/** A frame and its scan, with addresses into the file. */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** MCUs between restart markers; 0 for none. */
  readonly interval: number;
  /** Where the entropy-coded data starts. */
  readonly scan: number;
}

interface Component {
  readonly across: number;
  readonly down: number;
  /** Where the 64 factors start, a byte each. */
  readonly factors: number;
  /** Where the counts of the Huffman tables' codes start. */
  readonly dc: number;
  readonly ac: number;
}

interface Declared {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly factors: number;
}

function readFrame(bytes: Uint8Array): Frame | undefined {
  const word = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  const factors: (number | undefined)[] = [];
  const tables: (number | undefined)[] = [];
  let size: { readonly width: number; readonly height: number } | undefined;
  let declared: readonly Declared[] = [];
  let interval = 0;
  let isJfif = false;
  let adobe: number | undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    const end = at + 2 + word(at + 2);
    if (end > bytes.length) return undefined;
    let from = at + 4;
    if (marker === DQT) {
      for (; from < end; from += 65) {
        // Factors of two bytes, as the first half byte says, are not baseline.
        if (bytes[from]! > 3) return undefined;
        factors[bytes[from]!] = from + 1;
      }
    } else if (marker === DHT) {
      for (; from < end; from += 17 + codesIn(bytes, from + 1)) tables[bytes[from]!] = from + 1;
    } else if (marker === SOF0) {
      if (size || bytes[from] !== 8 || end !== from + 6 + 3 * bytes[from + 5]!) return undefined;
      size = { height: word(from + 1), width: word(from + 3) };
      declared = Array.from({ length: bytes[from + 5]! }, (_, i) => {
        const [id, sampling, table] = bytes.subarray(from + 6 + 3 * i);
        return { id: id!, across: sampling! >> 4, down: sampling! & 15, factors: table! };
      });
      from = end;
    } else if (marker === DRI) {
      interval = word(from);
      from += 2;
    } else if (marker === SOS) {
      if (!size || !isYcbcr(declared, isJfif, adobe)) return undefined;
      const components = componentsOf(bytes, from, end, declared, factors, tables);
      return components && isSupported(size, components) ? { ...size, components, interval, scan: end } : undefined;
    } else if (marker === APP0 || marker === APP14) {
      const name = Buffer.from(bytes.subarray(from, from + 5)).toString('latin1');
      if (marker === APP0 && name === 'JFIF\0' && end - from >= 14) isJfif = true;
      if (marker === APP14 && name === 'Adobe' && end - from >= 12) adobe = bytes[from + 11];
      from = end;
    } else if (isSkipped(marker)) from = end;
    else return undefined;
    if (from !== end) return undefined;
    at = end;
  }
  return undefined;
}

const [SOF0, DHT, SOS, DQT, DRI, APP0, APP14] = [0xc0, 0xc4, 0xda, 0xdb, 0xdd, 0xe0, 0xee];

/** APP1 to APP15 and comments. */
function isSkipped(marker: number): boolean {
  return (marker > APP0 && marker <= 0xef) || marker === 0xfe;
}

function codesIn(bytes: Uint8Array, counts: number): number {
  let codes = 0;
  for (let i = 0; i < 16; i++) codes += bytes[counts + i] ?? 0;
  return codes;
}

/** Whether libjpeg takes the components for grey or YCbCr: RGB and others are rare. */
function isYcbcr(declared: readonly Declared[], isJfif: boolean, adobe: number | undefined): boolean {
  if (declared.length === 1 || isJfif) return true;
  return adobe === undefined ? declared.every(({ id }, i) => id === i + 1) : adobe === 1;
}

/** The components of a scan with all of them; undefined for any other. */
function componentsOf(
  bytes: Uint8Array,
  from: number,
  end: number,
  declared: readonly Declared[],
  factors: readonly (number | undefined)[],
  tables: readonly (number | undefined)[],
): Component[] | undefined {
  const count = bytes[from];
  const [first, last, bits] = bytes.subarray(end - 3, end);
  if (count !== declared.length || end !== from + 4 + 2 * count) return undefined;
  if (first !== 0 || last !== 63 || bits !== 0) return undefined;
  const components: Component[] = [];
  for (const [i, { id, across, down, factors: table }] of declared.entries()) {
    const [scanned, huffman] = bytes.subarray(from + 1 + 2 * i);
    const found = { factors: factors[table], dc: tables[huffman! >> 4], ac: tables[0x10 | (huffman! & 15)] };
    if (scanned !== id || found.factors === undefined || found.dc === undefined || found.ac === undefined)
      return undefined;
    // The only component of a scan has blocks in rows, whatever its sampling.
    const sampling = count === 1 ? { across: 1, down: 1 } : { across, down };
    components.push({ ...sampling, factors: found.factors, dc: found.dc, ac: found.ac });
  }
  return components;
}

function isSupported({ width, height }: Pick<Frame, 'width' | 'height'>, components: readonly Component[]): boolean {
  const [luma, ...colours] = components;
  if (width * height === 0 || width * height > MAX_PIXELS || !luma) return false;
  if (colours.length === 0) return true;
  const { across, down } = luma;
  // Rows of one or two samples are enlarged by another filter.
  const isKnown = down === 1 ? across === 1 || across === 2 : across === 2 && down === 2;
  return (
    isKnown && colours.length === 2 && width > 4 && colours.every((colour) => colour.across === 1 && colour.down === 1)
  );
}

/** Bytes of the parts of the decoder's memory. The wasm module's own data lies before the first. */
interface Layout {
  readonly plan: number;
  /** For each component. */
  readonly tables: readonly ComponentTables[];
  readonly scratch: number;
  readonly planes: readonly Plane[];
  readonly rgb: number;
  readonly file: number;
  readonly clean: number;
  readonly end: number;
  readonly columns: number;
  readonly rows: number;
}

interface ComponentTables {
  readonly factors: number;
  readonly dc: number;
  readonly ac: number;
}

interface Plane {
  readonly at: number;
  readonly stride: number;
}

function layoutOf({ width, height, components, scan }: Frame, bytes: number): Layout {
  let end = OWN_DATA;
  const reserve = (size: number) => {
    const at = end;
    end += Math.ceil(size / 16) * 16 + SLACK;
    return at;
  };
  const [{ across, down }] = components as [Component];
  const columns = Math.ceil(width / (8 * across));
  const rows = Math.ceil(height / (8 * down));
  const plan = reserve(28 + 32 * components.length);
  const tables = components.map(() => ({ factors: reserve(128), dc: reserve(TABLE), ac: reserve(TABLE) }));
  const scratch = reserve(4 * width + 512);
  const planes = components.map((component) => {
    const stride = columns * component.across * 8;
    return { at: reserve(stride * rows * component.down * 8), stride };
  });
  const rgb = reserve(components.length === 1 ? 0 : width * height * 3);
  const file = reserve(bytes - scan);
  const clean = reserve(bytes - scan + 4096);
  return { plan, tables, scratch, planes, rgb, file, clean, end, columns, rows };
}

const OWN_DATA = 8192;
const SLACK = 64;
/** Bytes of a Huffman table as `jpeg.as.ts` has it. */
const TABLE = 4096 + 2048 + 72 + 72 + 256;

function memoryOf(frame: Frame, bytes: Uint8Array): number {
  return layoutOf(frame, bytes.length).end;
}

function decodeFrame(decoder: JpegDecoder, frame: Frame, bytes: Uint8Array): BaselineJpeg | undefined {
  const layout = layoutOf(frame, bytes.length);
  const { width, height, components, interval, scan } = frame;
  const { plan, tables, planes, columns, rows, file, clean } = layout;
  const memory = new Uint8Array(decoder.memory.buffer);
  memory.set(bytes.subarray(scan), file);
  const numbers = [file, file + bytes.length - scan, clean, columns, rows, interval, components.length];
  for (const [i, { across, down, factors, dc, ac }] of components.entries()) {
    const own = tables[i]!;
    new Int16Array(memory.buffer, own.factors, 64).set(bytes.subarray(factors, factors + 64));
    for (const [from, to] of [
      [dc, own.dc],
      [ac, own.ac],
    ] as const) {
      // prettier-ignore
      // The counts and symbols are at most 272 bytes; they lie where the planes will be.
      memory.set(bytes.subarray(from, from + 272), layout.scratch);
      if (decoder.buildTable(layout.scratch, to) !== 0) return undefined;
    }
    numbers.push(across, down, own.factors, own.dc, own.ac, planes[i]!.at, planes[i]!.stride, 0);
  }
  new Int32Array(memory.buffer, plan, numbers.length).set(numbers);
  if (decoder.decodeScan(plan) !== 0) return undefined;
  const [luma, blue, red] = planes as [Plane, Plane?, Plane?];
  if (!blue || !red) return { data: cropped(memory, luma, width, height), width, height, channels: 1 };
  const { across, down } = components[0]!;
  const [colourWidth, colourHeight] = [Math.ceil(width / across), Math.ceil(height / down)];
  decoder.toRgb(
    ...[width, height, luma.at, luma.stride, blue.at, red.at, blue.stride, colourWidth, colourHeight] as const,
    ...[across, down, layout.scratch, layout.rgb] as const,
  ); // prettier-ignore
  return { data: memory.slice(layout.rgb, layout.rgb + width * height * 3), width, height, channels: 3 };
}

function cropped(memory: Uint8Array, { at, stride }: Plane, width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) data.set(memory.subarray(at + y * stride, at + y * stride + width), y * width);
  return data;
}
