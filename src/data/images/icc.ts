/**
 * The name in an ICC profile: `Display P3`.
 *
 * Specification ICC.1:2022; version 2 stores the name as ASCII, version 4 as UTF-16.
 */
export function profileName(icc: Buffer): string {
  const tag = tagOf(icc, 'desc');
  if (!tag) return 'unnamed';
  const utf16 = tag.toString('latin1', 0, 4) === 'mluc';
  const name = utf16 ? utf16Name(tag) : tag.toString('latin1', 12, 12 + Math.max(0, tag.readUInt32BE(8) - 1));
  return (
    name
      .replace(/[^\x20-\x7e]+/g, ' ')
      .trim()
      // Many names end with the word.
      .replace(/(^|\s+)profile$/i, '')
      .slice(0, 40) || 'unnamed'
  );
}

/** The profile's colour space: `RGB `, `GRAY`, `CMYK`; empty for data that is not a profile. */
export function profileSpace(icc: Buffer): string {
  return icc.toString('latin1', 36, 40) === 'acsp' ? icc.toString('latin1', 16, 20) : '';
}

function utf16Name(tag: Buffer): string {
  const length = tag.readUInt32BE(20);
  const start = tag.readUInt32BE(24);
  return Buffer.from(tag.subarray(start, start + (length & ~1)))
    .swap16()
    .toString('utf16le');
}

/** The primaries of sRGB, adapted to D50: X, Y and Z of each. */
const SRGB = [
  [0.4361, 0.2225, 0.0139],
  [0.3851, 0.7169, 0.0971],
  [0.1431, 0.0606, 0.7141],
];

/**
 * Whether a profile is sRGB, so that no conversion is needed: it would cost more than the rest of decoding and change some values by
 * one. An unusual profile counts as not sRGB.
 */
export function isSrgb(icc: Buffer): boolean {
  const primaries = primariesOf(icc);
  if (!primaries?.every((xyz, i) => xyz.every((value, k) => Math.abs(value - SRGB[i]![k]!) < 0.002))) return false;
  return ['rTRC', 'gTRC', 'bTRC'].every((name) => {
    const curve = curveOf(icc, name);
    return curve && POINTS.every((x) => Math.abs(curve(x) - toLinear(x)) < 0.0015);
  });
}

const POINTS = Array.from({ length: 33 }, (_, i) => i / 32);

function toLinear(x: number): number {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

/** X, Y and Z (D50) of red, green and blue; undefined for profiles of other spaces, or with a lookup table instead. */
export function primariesOf(icc: Buffer): readonly (readonly number[])[] | undefined {
  if (profileSpace(icc) !== 'RGB ' || icc.toString('latin1', 20, 24) !== 'XYZ ' || tagOf(icc, 'A2B0')) return undefined;
  const xyz = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => {
    const tag = tagOf(icc, name);
    return tag && tag.length >= 20 ? [8, 12, 16].map((at) => tag.readInt32BE(at) / 65536) : [];
  });
  return xyz.every((values) => values.length === 3) ? xyz : undefined;
}

/** The curve from a channel's values (0..1) to linear light: samples, one power, or one of the formulas of ICC.1:2022, 10.18. */
export function curveOf(icc: Buffer, name: string): ((x: number) => number) | undefined {
  const tag = tagOf(icc, name);
  try {
    return tag && (tag.toString('latin1', 0, 4) === 'curv' ? sampled(tag) : formula(tag));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // The profile ends before its numbers do.
    throw error;
  }
}

function sampled(tag: Buffer): (x: number) => number {
  const count = tag.readUInt32BE(8);
  if (count === 0) return (x) => x;
  if (count === 1) {
    const power = tag.readUInt16BE(12) / 256;
    return (x) => x ** power;
  }
  const samples = Array.from({ length: Math.min(count, 65536) }, (_, i) => tag.readUInt16BE(12 + i * 2) / 65535);
  return (x) => {
    const at = x * (samples.length - 1);
    const low = Math.min(Math.floor(at), samples.length - 2);
    return samples[low]! + (samples[low + 1]! - samples[low]!) * (at - low);
  };
}

function formula(tag: Buffer): ((x: number) => number) | undefined {
  const type = tag.readUInt16BE(8);
  const count = [1, 3, 4, 5, 7][type];
  if (tag.toString('latin1', 0, 4) !== 'para' || count === undefined) return undefined;
  const parts = Array.from({ length: count }, (_, i) => tag.readInt32BE(12 + i * 4) / 65536);
  const [g = 1, a = 1, b = 0] = parts;
  const power = (x: number) => Math.max(0, a * x + b) ** g;
  if (type === 0) return power;
  if (type < 3) {
    const [added = 0] = parts.slice(3);
    return (x) => (x >= -b / a ? power(x) : 0) + added;
  }
  const [c = 0, d = 0, e = 0, f = 0] = parts.slice(3);
  return (x) => (x >= d ? power(x) + e : c * x + f);
}

function tagOf(icc: Buffer, name: string): Buffer | undefined {
  if (icc.length < 132) return undefined;
  const count = Math.min(icc.readUInt32BE(128), 100);
  for (let at = 132; at < 132 + count * 12 && at + 12 <= icc.length; at += 12) {
    if (icc.toString('latin1', at, at + 4) !== name) continue;
    const start = icc.readUInt32BE(at + 4);
    const tag = icc.subarray(start, start + icc.readUInt32BE(at + 8));
    return tag.length >= 12 ? tag : undefined;
  }
  return undefined;
}
