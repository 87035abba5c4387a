/**
 * The decoder of `../baseline-jpeg.ts`, in AssemblyScript, for SIMD. `npm run wasm` compiles it to `jpeg.ts`.
 *
 * It computes what libjpeg-turbo computes, bit for bit: its accurate integer inverse DCT (`jidctint`), its triangle filter for subsampled
 * colours (`jdsample`, "fancy upsampling") and its fixed-point conversion from YCbCr (`jdcolor`). Whatever libjpeg would only warn of, it
 * refuses.
 */

/** Bits of the stream that a table is indexed with. */
const INDEX_BITS = 10;

/**
 * A Huffman table in memory: for the next ten bits, the code and its value together (see `buildTable`); the length and symbol of the code
 * alone; for longer codes, the limit of each length and where its symbols are.
 */
const LOOK = 4096;
const LIMITS = LOOK + 2048;
const OFFSETS = LIMITS + 72;
const SYMBOLS = OFFSETS + 72;

/** The run that stands for the end of a block. */
const END_OF_BLOCK = 127;

/** The place in a block, row by row, of each coefficient of the stream. */
// prettier-ignore
const NATURAL_ORDER = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
]);
/** [8, 8] coefficients, int16, and the result of the first pass. */
const BLOCK = memory.data(128, 16);
const BETWEEN = memory.data(128, 16);

/**
 * Builds a Huffman table from a segment DHT: the numbers of codes of length 1 to 16, then their symbols.
 *
 * @param largest symbol that is valid: 255 for AC, 15 for DC
 * @returns 0, or 1 for a table that is not valid
 */
export function buildTable(counts: usize, table: usize, largest: i32): i32 {
  memory.fill(table, 0, SYMBOLS);
  let code: i32 = 0;
  let symbol: i32 = 0;
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(counts + length - 1);
    store<i32>(table + OFFSETS + (length << 2), symbol - code);
    for (let i = 0; i < count; i++) {
      if (code >= 1 << length || symbol > 255) return 1;
      const value = <i32>load<u8>(counts + 16 + symbol);
      if (value > largest) return 1;
      store<u8>(table + SYMBOLS + symbol, <u8>value);
      if (length <= INDEX_BITS) fillIndex(table, code, length, value);
      code++;
      symbol++;
    }
    // As 16 bits, so that the next bits of the stream are compared with it.
    store<i32>(table + LIMITS + (length << 2), code << (16 - length));
    code <<= 1;
  }
  return 0;
}

/** Fills in all indices that begin with a code. Where the bits of its value fit too, the entry is value << 16 | run << 8 | bits of both. */
function fillIndex(table: usize, code: i32, length: i32, symbol: i32): void {
  const free = INDEX_BITS - length;
  const run = symbol >> 4;
  const size = symbol & 15;
  for (let rest = 0; rest < 1 << free; rest++) {
    const index = (code << free) | rest;
    store<u16>(table + LOOK + (index << 1), <u16>((length << 8) | symbol));
    let entry = 0;
    if (size === 0) {
      if (run !== 15) entry = (END_OF_BLOCK << 8) | length;
    } else if (size <= free) {
      const value = extended(rest >> (free - size), size);
      entry = (value << 16) | (run << 8) | (length + size);
    }
    store<i32>(table + (index << 2), entry);
  }
}

/** The value of `size` bits: a leading 0 stands for the negative ones (figure F.12 of ITU T.81). */
function extended(bits: i32, size: i32): i32 {
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}

/** The address of the marker that ended the last `unstuff`. */
let markerAt: usize = 0;

/** Copies the stream up to a marker, without the zeros after 0xff. @returns the end of the copy */
function unstuff(from: usize, end: usize, to: usize): usize {
  const marks = i8x16.splat(-1);
  while (from < end) {
    const bytes = v128.load(from);
    v128.store(to, bytes);
    const found = i8x16.bitmask(i8x16.eq(bytes, marks));
    if (found === 0) {
      from += 16;
      to += 16;
      continue;
    }
    const before = ctz(found);
    from += before;
    to += before;
    if (from + 1 >= end) break;
    if (load<u8>(from, 1) !== 0) {
      markerAt = from;
      return to;
    }
    store<u8>(to++, 0xff);
    from += 2;
  }
  markerAt = 0;
  return to;
}

/**
 * Decodes the entropy-coded data of a frame's only scan into planes of samples.
 *
 * @param plan addresses and numbers, int32: the data, its end, memory for a copy of it with 4 KB more, MCUs in a row and in a column, MCUs
 * between restarts or 0, components; for each component 32 bytes: blocks of an MCU in a row and in a column, its quantization table in the
 * stream's order (int16), its Huffman tables for DC and AC, its plane, the bytes of the plane's rows, 0
 * @returns 0, or 1 where the data is not as it should be
 */
export function decodeScan(plan: usize): i32 {
  let source = <usize>load<u32>(plan);
  const end = <usize>load<u32>(plan, 4);
  const clean = <usize>load<u32>(plan, 8);
  const columns = load<i32>(plan, 12);
  const interval = load<i32>(plan, 20);
  const components = load<i32>(plan, 24);
  let left = columns * load<i32>(plan, 16);
  let column = 0;
  let row = 0;
  let expected = 0xd0;
  memory.fill(BLOCK, 0, 128);
  while (true) {
    const cleanEnd = unstuff(source, end, clean);
    source = markerAt;
    if (source === 0) return 1;
    const count = interval > 0 ? min(interval, left) : left;
    let at = clean;
    let buffer: u64 = 0;
    let bits: i32 = 0;
    for (let c = 0; c < components; c++) store<i32>(plan + 28 + (c << 5), 0, 28);
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < components; c++) {
        const part = plan + 28 + (c << 5);
        const across = load<i32>(part);
        const down = load<i32>(part, 4);
        const factors = <usize>load<u32>(part, 8);
        const dcTable = <usize>load<u32>(part, 12);
        const acTable = <usize>load<u32>(part, 16);
        const stride = <usize>load<u32>(part, 24);
        const plane = <usize>load<u32>(part, 20) + (<usize>(row * down) * stride + <usize>(column * across)) * 8;
        let dc = load<i32>(part, 28);
        for (let block = 0; block < across * down; block++) {
          if (bits < 32) {
            buffer = (buffer << 32) | (<u64>bswap<u32>(load<u32>(at)));
            at += 4;
            bits += 32;
          }
          let entry = load<i32>(dcTable + ((<usize>((buffer >> (bits - INDEX_BITS)) & 1023)) << 2));
          if (entry !== 0) {
            bits -= entry & 0xff;
            dc += entry >> 16;
          } else {
            const symbol = codeAt(dcTable, <i32>((buffer >> (bits - 16)) & 0xffff));
            bits -= symbol >> 8;
            const size = symbol & 0xff;
            if (symbol < 0 || size > 11) return 1;
            if (size > 0) {
              bits -= size;
              dc += extended((<i32>(buffer >> bits)) & ((1 << size) - 1), size);
            }
          }
          store<i16>(BLOCK, <i16>(dc * load<i16>(factors)));
          let k = 1;
          let isFlat = true;
          while (k < 64) {
            if (bits < 32) {
              buffer = (buffer << 32) | (<u64>bswap<u32>(load<u32>(at)));
              at += 4;
              bits += 32;
            }
            entry = load<i32>(acTable + ((<usize>((buffer >> (bits - INDEX_BITS)) & 1023)) << 2));
            let value: i32;
            if (entry !== 0) {
              bits -= entry & 0xff;
              const run = (entry >> 8) & 0xff;
              if (run === END_OF_BLOCK) break;
              k += run;
              value = entry >> 16;
            } else {
              const symbol = codeAt(acTable, <i32>((buffer >> (bits - 16)) & 0xffff));
              if (symbol < 0) return 1;
              bits -= symbol >> 8;
              const size = symbol & 15;
              const run = (symbol >> 4) & 15;
              if (size === 0) {
                if (run !== 15) break;
                k += 16;
                continue;
              }
              k += run;
              bits -= size;
              value = extended((<i32>(buffer >> bits)) & ((1 << size) - 1), size);
            }
            if (k > 63) return 1;
            store<i16>(
              BLOCK + ((<usize>load<u8>(NATURAL_ORDER + k)) << 1),
              <i16>(value * load<i16>(factors + (k << 1))),
            );
            isFlat = false;
            k++;
          }
          const x = block % across;
          const to = plane + (<usize>((block - x) / across) * stride + x) * 8;
          if (isFlat) fillBlock(to, stride);
          else inverseDct(to, stride);
        }
        store<i32>(part, dc, 28);
      }
      // A stream that ended too early is noticed at the latest here, before it is read far beyond its end.
      if (at > cleanEnd + 8) return 1;
      if (++column === columns) {
        column = 0;
        row++;
      }
    }
    const unread = (<i32>cleanEnd - <i32>at) * 8 + bits;
    if (unread < 0 || unread >= 8) return 1;
    left -= count;
    const marker = <i32>load<u8>(source, 1);
    if (left === 0) return marker === 0xd9 ? 0 : 1;
    if (marker !== expected) return 1;
    expected = 0xd0 | ((expected + 1) & 7);
    source += 2;
  }
}

/** The code at the start of 16 bits: length << 8 | symbol, or -1. */
function codeAt(table: usize, bits: i32): i32 {
  const known = <i32>load<u16>(table + LOOK + ((<usize>(bits >> (16 - INDEX_BITS))) << 1));
  if (known !== 0) return known;
  for (let length = INDEX_BITS + 1; length <= 16; length++) {
    if (bits >= load<i32>(table + LIMITS + ((<usize>length) << 2))) continue;
    const index = (bits >> (16 - length)) + load<i32>(table + OFFSETS + ((<usize>length) << 2));
    return (length << 8) | (<i32>load<u8>(table + SYMBOLS + (index & 0xff)));
  }
  return -1;
}

/** The inverse DCT of a block that has no coefficient but the first. */
function fillBlock(to: usize, stride: usize): void {
  // The first pass of `jidctint` for SSE2 and AVX2 wraps here, which only damaged files show.
  const value = ((<i32>(<i16>(load<i16>(BLOCK) << 2)) + 16) >> 5) + 128;
  const row = <u64>max(0, min(255, value)) * 0x0101010101010101;
  for (let y = 0; y < 8; y++) {
    store<u64>(to, row);
    to += stride;
  }
}

/** The inverse DCT of the block, which is zero afterwards. */
function inverseDct(to: usize, stride: usize): void {
  pass(BLOCK, BETWEEN, 11);
  pass(BETWEEN, BLOCK, 18);
  const centre = i8x16.splat(-128);
  for (let y = 0; y < 8; y += 2) {
    const two = BLOCK + ((<usize>y) << 4);
    const rows = v128.xor(i8x16.narrow_i16x8_s(v128.load(two), v128.load(two, 16)), centre);
    v128.store64_lane(to, rows, 0);
    v128.store64_lane(to + stride, rows, 1);
    to += stride * 2;
  }
  memory.fill(BLOCK, 0, 128);
}

/** Two factors with 13 bits after the binary point, for pairs of int16. */
function pair(first: i16, second: i16): v128 {
  return i32x4.splat(((<i32>second) << 16) | ((<i32>first) & 0xffff));
}

/**
 * One pass of `jidctint`, over columns, and a transposition. Sums of int16 wrap and results saturate, as in its versions for SSE2 and AVX2.
 *
 * @param shift the bits to round away
 */
function pass(from: usize, to: usize, shift: i32): void {
  const half = i32x4.splat(1 << (shift - 1));
  const in0 = v128.load(from);
  const in1 = v128.load(from, 16);
  const in2 = v128.load(from, 32);
  const in3 = v128.load(from, 48);
  const in4 = v128.load(from, 64);
  const in5 = v128.load(from, 80);
  const in6 = v128.load(from, 96);
  const in7 = v128.load(from, 112);

  // The even part.
  const low26 = i16x8.shuffle(in2, in6, 0, 8, 1, 9, 2, 10, 3, 11);
  const high26 = i16x8.shuffle(in2, in6, 4, 12, 5, 13, 6, 14, 7, 15);
  const even3 = pair(4433 + 6270, 4433);
  const even2 = pair(4433, 4433 - 15137);
  const sum = i16x8.add(in0, in4);
  const difference = i16x8.sub(in0, in4);
  const sumLow = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(sum), 13), half);
  const sumHigh = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(sum), 13), half);
  const differenceLow = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(difference), 13), half);
  const differenceHigh = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(difference), 13), half);
  let low = i32x4.dot_i16x8_s(low26, even3);
  let high = i32x4.dot_i16x8_s(high26, even3);
  const low10 = i32x4.add(sumLow, low);
  const high10 = i32x4.add(sumHigh, high);
  const low13 = i32x4.sub(sumLow, low);
  const high13 = i32x4.sub(sumHigh, high);
  low = i32x4.dot_i16x8_s(low26, even2);
  high = i32x4.dot_i16x8_s(high26, even2);
  const low11 = i32x4.add(differenceLow, low);
  const high11 = i32x4.add(differenceHigh, high);
  const low12 = i32x4.sub(differenceLow, low);
  const high12 = i32x4.sub(differenceHigh, high);

  // The odd part.
  const z3 = i16x8.add(in3, in7);
  const z4 = i16x8.add(in1, in5);
  const lowZ = i16x8.shuffle(z3, z4, 0, 8, 1, 9, 2, 10, 3, 11);
  const highZ = i16x8.shuffle(z3, z4, 4, 12, 5, 13, 6, 14, 7, 15);
  const factor3 = pair(9633 - 16069, 9633);
  const factor4 = pair(9633, 9633 - 3196);
  const low3 = i32x4.dot_i16x8_s(lowZ, factor3);
  const high3 = i32x4.dot_i16x8_s(highZ, factor3);
  const low4 = i32x4.dot_i16x8_s(lowZ, factor4);
  const high4 = i32x4.dot_i16x8_s(highZ, factor4);
  const low71 = i16x8.shuffle(in7, in1, 0, 8, 1, 9, 2, 10, 3, 11);
  const high71 = i16x8.shuffle(in7, in1, 4, 12, 5, 13, 6, 14, 7, 15);
  const low53 = i16x8.shuffle(in5, in3, 0, 8, 1, 9, 2, 10, 3, 11);
  const high53 = i16x8.shuffle(in5, in3, 4, 12, 5, 13, 6, 14, 7, 15);
  const odd0 = pair(2446 - 7373, -7373);
  const odd1 = pair(16819 - 20995, -20995);
  const odd2 = pair(-20995, 25172 - 20995);
  const odd3 = pair(-7373, 12299 - 7373);

  low = i32x4.add(i32x4.dot_i16x8_s(low71, odd3), low4);
  high = i32x4.add(i32x4.dot_i16x8_s(high71, odd3), high4);
  const row0 = narrowed(i32x4.add(low10, low), i32x4.add(high10, high), shift);
  const row7 = narrowed(i32x4.sub(low10, low), i32x4.sub(high10, high), shift);
  low = i32x4.add(i32x4.dot_i16x8_s(low53, odd2), low3);
  high = i32x4.add(i32x4.dot_i16x8_s(high53, odd2), high3);
  const row1 = narrowed(i32x4.add(low11, low), i32x4.add(high11, high), shift);
  const row6 = narrowed(i32x4.sub(low11, low), i32x4.sub(high11, high), shift);
  low = i32x4.add(i32x4.dot_i16x8_s(low53, odd1), low4);
  high = i32x4.add(i32x4.dot_i16x8_s(high53, odd1), high4);
  const row2 = narrowed(i32x4.add(low12, low), i32x4.add(high12, high), shift);
  const row5 = narrowed(i32x4.sub(low12, low), i32x4.sub(high12, high), shift);
  low = i32x4.add(i32x4.dot_i16x8_s(low71, odd0), low3);
  high = i32x4.add(i32x4.dot_i16x8_s(high71, odd0), high3);
  const row3 = narrowed(i32x4.add(low13, low), i32x4.add(high13, high), shift);
  const row4 = narrowed(i32x4.sub(low13, low), i32x4.sub(high13, high), shift);

  // The transposition.
  const a0 = i16x8.shuffle(row0, row1, 0, 8, 1, 9, 2, 10, 3, 11);
  const a1 = i16x8.shuffle(row0, row1, 4, 12, 5, 13, 6, 14, 7, 15);
  const a2 = i16x8.shuffle(row2, row3, 0, 8, 1, 9, 2, 10, 3, 11);
  const a3 = i16x8.shuffle(row2, row3, 4, 12, 5, 13, 6, 14, 7, 15);
  const a4 = i16x8.shuffle(row4, row5, 0, 8, 1, 9, 2, 10, 3, 11);
  const a5 = i16x8.shuffle(row4, row5, 4, 12, 5, 13, 6, 14, 7, 15);
  const a6 = i16x8.shuffle(row6, row7, 0, 8, 1, 9, 2, 10, 3, 11);
  const a7 = i16x8.shuffle(row6, row7, 4, 12, 5, 13, 6, 14, 7, 15);
  const b0 = i32x4.shuffle(a0, a2, 0, 4, 1, 5);
  const b1 = i32x4.shuffle(a0, a2, 2, 6, 3, 7);
  const b2 = i32x4.shuffle(a1, a3, 0, 4, 1, 5);
  const b3 = i32x4.shuffle(a1, a3, 2, 6, 3, 7);
  const b4 = i32x4.shuffle(a4, a6, 0, 4, 1, 5);
  const b5 = i32x4.shuffle(a4, a6, 2, 6, 3, 7);
  const b6 = i32x4.shuffle(a5, a7, 0, 4, 1, 5);
  const b7 = i32x4.shuffle(a5, a7, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(b0, b4, 0, 2));
  v128.store(to, i64x2.shuffle(b0, b4, 1, 3), 16);
  v128.store(to, i64x2.shuffle(b1, b5, 0, 2), 32);
  v128.store(to, i64x2.shuffle(b1, b5, 1, 3), 48);
  v128.store(to, i64x2.shuffle(b2, b6, 0, 2), 64);
  v128.store(to, i64x2.shuffle(b2, b6, 1, 3), 80);
  v128.store(to, i64x2.shuffle(b3, b7, 0, 2), 96);
  v128.store(to, i64x2.shuffle(b3, b7, 1, 3), 112);
}

function narrowed(low: v128, high: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, shift), i32x4.shr_s(high, shift));
}

/**
 * Enlarges subsampled colours and converts to RGB. Reads and writes up to 48 bytes beyond the end of each row.
 *
 * @param yPlane luma, with rows of `stride` bytes
 * @param colourWidth samples of a row of the colour planes, without padding
 * @param across 2 where colours have half as many columns; @param down the same for rows
 * @param scratch for two rows of colours, and sums: 4 bytes a pixel of the width, and 512
 * @param target [height, width, 3]
 */
export function toRgb(
  width: i32,
  height: i32,
  yPlane: usize,
  stride: i32,
  cbPlane: usize,
  crPlane: usize,
  colourStride: i32,
  colourWidth: i32,
  colourHeight: i32,
  across: i32,
  down: i32,
  scratch: usize,
  target: usize,
): void {
  const rowBytes = (<usize>width + 63) & ~31;
  const cbRow = scratch;
  const crRow = scratch + rowBytes;
  const sums = crRow + rowBytes;
  for (let y = 0; y < height; y++) {
    const near = y / down;
    const far = down === 1 ? near : max(0, min(colourHeight - 1, (y & 1) === 0 ? near - 1 : near + 1));
    let cb = cbPlane + <usize>(near * colourStride);
    let cr = crPlane + <usize>(near * colourStride);
    if (across === 2) {
      enlarge(cb, cbPlane + <usize>(far * colourStride), colourWidth, down, sums, cbRow);
      enlarge(cr, crPlane + <usize>(far * colourStride), colourWidth, down, sums, crRow);
      cb = cbRow;
      cr = crRow;
    }
    convertRow(yPlane, cb, cr, width, target);
    yPlane += stride;
    target += width * 3;
  }
}

/** Doubles a row by the triangle filter: three parts of the nearest sample, one of the next, and so between rows where `down` is 2. */
function enlarge(near: usize, far: usize, width: i32, down: i32, sums: usize, to: usize): void {
  const first = sums + 16;
  for (let x = 0; x < width; x += 16) {
    const samples = v128.load(near + x);
    let low = i16x8.extend_low_i8x16_u(samples);
    let high = i16x8.extend_high_i8x16_u(samples);
    if (down === 2) {
      const others = v128.load(far + x);
      low = i16x8.add(i16x8.add(i16x8.shl(low, 1), low), i16x8.extend_low_i8x16_u(others));
      high = i16x8.add(i16x8.add(i16x8.shl(high, 1), high), i16x8.extend_high_i8x16_u(others));
    }
    v128.store(first + ((<usize>x) << 1), low);
    v128.store(first + ((<usize>x) << 1), high, 16);
  }
  // The sample next to the first is itself, and so is that next to the last.
  store<u16>(first - 2, load<u16>(first));
  const last = first + ((<usize>(width - 1)) << 1);
  store<u16>(last, load<u16>(last), 2);
  const shift = down === 2 ? 4 : 2;
  const left = i16x8.splat(down === 2 ? 8 : 1);
  const right = i16x8.splat(down === 2 ? 7 : 2);
  for (let x = 0; x < width; x += 8) {
    const at = first + ((<usize>x) << 1);
    const sum = v128.load(at);
    const three = i16x8.add(i16x8.shl(sum, 1), sum);
    const even = i16x8.shr_u(i16x8.add(i16x8.add(three, v128.load(at - 2)), left), shift);
    const odd = i16x8.shr_u(i16x8.add(i16x8.add(three, v128.load(at, 2)), right), shift);
    v128.store(to + ((<usize>x) << 1), v128.or(even, i16x8.shl(odd, 8)));
  }
}

function convertRow(luma: usize, blue: usize, red: usize, width: i32, to: usize): void {
  const centre = i16x8.splat(128);
  for (let x = 0; x < width; x += 16) {
    const y = v128.load(luma + x);
    const b = v128.load(blue + x);
    const r = v128.load(red + x);
    const yLow = i16x8.extend_low_i8x16_u(y);
    const yHigh = i16x8.extend_high_i8x16_u(y);
    const cbLow = i16x8.sub(i16x8.extend_low_i8x16_u(b), centre);
    const cbHigh = i16x8.sub(i16x8.extend_high_i8x16_u(b), centre);
    const crLow = i16x8.sub(i16x8.extend_low_i8x16_u(r), centre);
    const crHigh = i16x8.sub(i16x8.extend_high_i8x16_u(r), centre);
    const reds = i8x16.narrow_i16x8_u(redOf(yLow, crLow), redOf(yHigh, crHigh));
    const greens = i8x16.narrow_i16x8_u(greenOf(yLow, cbLow, crLow), greenOf(yHigh, cbHigh, crHigh));
    const blues = i8x16.narrow_i16x8_u(blueOf(yLow, cbLow), blueOf(yHigh, cbHigh));
    // prettier-ignore
    {
      const start = i8x16.shuffle(reds, greens, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
      const middle = i8x16.shuffle(reds, greens, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
      const end = i8x16.shuffle(reds, greens, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
      v128.store(to, i8x16.shuffle(start, blues, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
      v128.store(to, i8x16.shuffle(middle, blues, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
      v128.store(to, i8x16.shuffle(end, blues, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
    }
    to += 48;
  }
}

// Factors are split into whole parts and a rest that fits in 16 bits: 1.402 is 1 + 26345 / 65536.

/** y + 1.402 cr */
function redOf(y: v128, cr: v128): v128 {
  return i16x8.add(i16x8.add(y, cr), scaled(cr, 26345));
}

/** y + 1.772 cb */
function blueOf(y: v128, cb: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.shl(cb, 1)), scaled(cb, -14942));
}

/** y - 0.34414 cb - 0.71414 cr, rounded once */
function greenOf(y: v128, cb: v128, cr: v128): v128 {
  const factors = pair(-22554, 18734);
  const half = i32x4.splat(32768);
  const low = i32x4.dot_i16x8_s(i16x8.shuffle(cb, cr, 0, 8, 1, 9, 2, 10, 3, 11), factors);
  const high = i32x4.dot_i16x8_s(i16x8.shuffle(cb, cr, 4, 12, 5, 13, 6, 14, 7, 15), factors);
  return i16x8.add(i16x8.sub(y, cr), narrowed(i32x4.add(low, half), i32x4.add(high, half), 16));
}

function scaled(value: v128, factor: i16): v128 {
  const half = i32x4.splat(32768);
  const factors = i16x8.splat(factor);
  const low = i32x4.add(i32x4.extmul_low_i16x8_s(value, factors), half);
  const high = i32x4.add(i32x4.extmul_high_i16x8_s(value, factors), half);
  return narrowed(low, high, 16);
}
