/** Pixels; a larger image would need too much memory for its planes. */
const MAX_PIXELS = 8e6;

/** A frame and its scan, with addresses into the file. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  /** MCUs between restart markers; 0 for none. */
  readonly interval: number;
  /** Where the entropy-coded data starts. */
  readonly scan: number;
}

export interface JpegComponent {
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

/**
 * Reads the segments of a baseline JPEG with one scan, grey or YCbCr, whose colours are whole, halved or quartered.
 *
 * @returns nothing for any other file
 */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  const word = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  const factors: (number | undefined)[] = [];
  const tables: (number | undefined)[] = [];
  let size: { readonly width: number; readonly height: number } | undefined;
  let declared: readonly Declared[] = [];
  let interval = 0;
  let isJfif = false;
  let adobe: number | undefined;
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
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
        const own = from + 6 + 3 * i;
        const sampling = bytes[own + 1]!;
        return { id: bytes[own]!, across: sampling >> 4, down: sampling & 15, factors: bytes[own + 2]! };
      });
      from = end;
    } else if (marker === DRI) {
      interval = word(from);
      from += 2;
    } else if (marker === SOS) {
      if (!size || !isYcbcr(declared, isJfif, adobe)) return undefined;
      const components = componentsOf(bytes, from, end, declared, factors, tables);
      if (!components || !isSupported(size, components)) return undefined;
      return { width: size.width, height: size.height, components, interval, scan: end };
    } else if (marker === APP0 || marker === APP14) {
      if (marker === APP0 && startsWith(bytes, from, JFIF) && end - from >= 14) isJfif = true;
      if (marker === APP14 && startsWith(bytes, from, ADOBE) && end - from >= 12) adobe = bytes[from + 11];
      from = end;
    } else if (isSkipped(marker)) from = end;
    else return undefined;
    if (from !== end) return undefined;
    at = end;
  }
  return undefined;
}

const [SOF0, DHT, SOI, SOS, DQT, DRI, APP0, APP14] = [0xc0, 0xc4, 0xd8, 0xda, 0xdb, 0xdd, 0xe0, 0xee];

const [JFIF, ADOBE] = [Buffer.from('JFIF\0'), Buffer.from('Adobe')];

function startsWith(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  return name.every((byte, i) => bytes[from + i] === byte);
}

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
): JpegComponent[] | undefined {
  const count = bytes[from];
  if (count !== declared.length || end !== from + 4 + 2 * count) return undefined;
  // All coefficients, with all of their bits.
  if (bytes[end - 3] !== 0 || bytes[end - 2] !== 63 || bytes[end - 1] !== 0) return undefined;
  const components: JpegComponent[] = [];
  for (let i = 0; i < declared.length; i++) {
    const { id, across, down, factors: table } = declared[i]!;
    const [scanned, huffman] = [bytes[from + 1 + 2 * i], bytes[from + 2 + 2 * i]!];
    const own = factors[table];
    const [dc, ac] = [tables[huffman >> 4], tables[0x10 | (huffman & 15)]];
    if (scanned !== id || own === undefined || dc === undefined || ac === undefined) return undefined;
    // The only component of a scan has blocks in rows, whatever its sampling.
    const isOnly = count === 1;
    components.push({ across: isOnly ? 1 : across, down: isOnly ? 1 : down, factors: own, dc, ac });
  }
  return components;
}

function isSupported(
  { width, height }: Pick<JpegFrame, 'width' | 'height'>,
  components: readonly JpegComponent[],
): boolean {
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
