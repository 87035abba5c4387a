/**
 * The two passes of `../resample.ts`, in AssemblyScript, for SIMD. `npm run wasm` compiles it to `passes.ts`.
 *
 * Weights have 22 bits and a sign, but the fast instruction that multiplies and adds pairs takes 16 bits. So each weight is split into
 * two halves, whose sums are combined at the end. Sums are modulo 2 ** 32 and therefore exact in any order.
 *
 * Images are rows of RGB bytes. Both passes read and write up to a row and 16 bytes beyond the end; values read there do not
 * affect the result.
 */

/** As in `../contributions.ts`. */
const PRECISION = 22;
const LOW_BITS = 12;
const HALF = 1 << (PRECISION - 1);

/**
 * @param starts the first source pixel of each pixel of a target row
 * @param weights `reach` weights for each of those pixels
 * @param reach a multiple of 4
 */
export function horizontal(
  source: usize,
  target: usize,
  rows: i32,
  sourceWidth: i32,
  targetWidth: i32,
  starts: usize,
  weights: usize,
  reach: i32,
): void {
  // Of four pixels, two and two, 16 bits each: red red green green blue blue; -1 gives zero.
  const firstTwo = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const lastTwo = i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  const step = <usize>sourceWidth * 3;
  const targetStep = <usize>targetWidth * 3;
  // Two rows at once, which share the weights.
  for (let y = 0; y < rows; y += 2) {
    let weight = weights;
    for (let x = 0; x < targetWidth; x++) {
      let from = source + <usize>load<i32>(starts + ((<usize>x) << 2)) * 3;
      let upperHigh = i32x4.splat(0);
      let lowerHigh = upperHigh;
      let upperLow = i32x4.splat(HALF);
      let lowerLow = upperLow;
      for (let k = 0; k < reach; k += 4) {
        const upper = v128.load(from);
        const lower = v128.load(from + step);
        let two = i8x16.swizzle(upper, firstTwo);
        let twoBelow = i8x16.swizzle(lower, firstTwo);
        let highs = v128.load32_splat(weight);
        let lows = v128.load32_splat(weight, 4);
        upperHigh = i32x4.add(upperHigh, i32x4.dot_i16x8_s(two, highs));
        upperLow = i32x4.add(upperLow, i32x4.dot_i16x8_s(two, lows));
        lowerHigh = i32x4.add(lowerHigh, i32x4.dot_i16x8_s(twoBelow, highs));
        lowerLow = i32x4.add(lowerLow, i32x4.dot_i16x8_s(twoBelow, lows));
        two = i8x16.swizzle(upper, lastTwo);
        twoBelow = i8x16.swizzle(lower, lastTwo);
        highs = v128.load32_splat(weight, 8);
        lows = v128.load32_splat(weight, 12);
        upperHigh = i32x4.add(upperHigh, i32x4.dot_i16x8_s(two, highs));
        upperLow = i32x4.add(upperLow, i32x4.dot_i16x8_s(two, lows));
        lowerHigh = i32x4.add(lowerHigh, i32x4.dot_i16x8_s(twoBelow, highs));
        lowerLow = i32x4.add(lowerLow, i32x4.dot_i16x8_s(twoBelow, lows));
        from += 12;
        weight += 16;
      }
      const words = i16x8.narrow_i32x4_s(rounded(upperHigh, upperLow), rounded(lowerHigh, lowerLow));
      const bytes = i8x16.narrow_i16x8_u(words, words);
      v128.store16_lane(target, bytes, 0);
      v128.store8_lane(target, bytes, 2, 2);
      // The fourth byte is overwritten by the next pixel; in the upper row it would be the first byte of the lower row.
      v128.store32_lane(target + targetStep, bytes, 1);
      target += 3;
    }
    source += step * 2;
    target += targetStep;
  }
}

/**
 * @param rows of the target
 * @param bytes of a row of the source and the target
 * @param starts the first source row of each target row; the first of them is the source's first row
 * @param weights `reach` weights for each of those rows
 * @param taps how many of the weights are used
 */
export function vertical(
  source: usize,
  target: usize,
  rows: i32,
  bytes: i32,
  starts: usize,
  weights: usize,
  reach: i32,
  taps: i32,
): void {
  const skipped = load<i32>(starts);
  for (let y = 0; y < rows; y++) {
    const above = source + <usize>(load<i32>(starts + ((<usize>y) << 2)) - skipped) * bytes;
    // Bytes beyond the row's end are overwritten by the next row.
    for (let x = 0; x < bytes; x += 16) {
      let from = above + x;
      let weight = weights;
      let highA = i32x4.splat(0);
      let highB = highA;
      let highC = highA;
      let highD = highA;
      let lowA = i32x4.splat(HALF);
      let lowB = lowA;
      let lowC = lowA;
      let lowD = lowA;
      for (let k = 0; k < taps; k += 2) {
        const upper = v128.load(from);
        const lower = v128.load(from + bytes);
        const left = i8x16.shuffle(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const right = i8x16.shuffle(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const a = i16x8.extend_low_i8x16_u(left);
        const b = i16x8.extend_high_i8x16_u(left);
        const c = i16x8.extend_low_i8x16_u(right);
        const d = i16x8.extend_high_i8x16_u(right);
        const highs = v128.load32_splat(weight);
        const lows = v128.load32_splat(weight, 4);
        highA = i32x4.add(highA, i32x4.dot_i16x8_s(a, highs));
        highB = i32x4.add(highB, i32x4.dot_i16x8_s(b, highs));
        highC = i32x4.add(highC, i32x4.dot_i16x8_s(c, highs));
        highD = i32x4.add(highD, i32x4.dot_i16x8_s(d, highs));
        lowA = i32x4.add(lowA, i32x4.dot_i16x8_s(a, lows));
        lowB = i32x4.add(lowB, i32x4.dot_i16x8_s(b, lows));
        lowC = i32x4.add(lowC, i32x4.dot_i16x8_s(c, lows));
        lowD = i32x4.add(lowD, i32x4.dot_i16x8_s(d, lows));
        from += 2 * bytes;
        weight += 8;
      }
      const ab = i16x8.narrow_i32x4_s(rounded(highA, lowA), rounded(highB, lowB));
      const cd = i16x8.narrow_i32x4_s(rounded(highC, lowC), rounded(highD, lowD));
      // Narrowing clamps overshoot of the cubic's negative parts to 0..255.
      v128.store(target + x, i8x16.narrow_i16x8_u(ab, cd));
    }
    target += bytes;
    weights += (<usize>reach) << 2;
  }
}

function rounded(high: v128, low: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.shl(high, LOW_BITS), low), PRECISION);
}
