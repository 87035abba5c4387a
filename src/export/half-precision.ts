/**
 * Numbers in half precision (IEEE 754 binary16: 5 bits of exponent, 10 of fraction), each the nearest one, the even one of two. A number of 65520
 * and above is infinite.
 */
export function toHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  // A loop: with millions of weights, `Uint16Array.from` takes ten times as long.
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = toHalf(bits[i]!);
  return halves;
}

/** The numbers that {@link toHalves} stores. */
export function fromHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = fromHalf(halves[i]!);
  return values;
}

/** @param bits those of a float32: sign, 8 bits of exponent, 23 of fraction */
function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and above
  // From 2^-14 on, the exponent's bias falls from 127 to 15 and 13 bits are rounded; below, a number is a multiple of 2^-24.
  if (magnitude >= 0x38800000) return sign | rounded(magnitude - (112 << 23), 13);
  const shift = 126 - (magnitude >>> 23);
  return shift > 24 ? sign : sign | rounded((magnitude & 0x7fffff) | 0x800000, shift);
}

/** Drops the last `bits` bits; half of them and above rounds up, and exactly half to the even number. */
function rounded(value: number, bits: number): number {
  const kept = value >>> bits;
  const dropped = value & (2 ** bits - 1);
  const half = 2 ** (bits - 1);
  return dropped > half || (dropped === half && kept % 2 === 1) ? kept + 1 : kept;
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(half >>> 10) & 31, half & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
