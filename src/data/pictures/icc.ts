/**
 * The name that an ICC profile gives itself: `Display P3`.
 *
 * Specification ICC.1:2022; its version 2 keeps the name as ASCII, version 4 as UTF-16.
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
      .slice(0, 40) || 'unnamed'
  );
}

/** What channels it is for: `RGB `, `GRAY`, `CMYK`; empty for what is no profile. */
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
const SRGB = { rXYZ: [0.4361, 0.2225, 0.0139], gXYZ: [0.3851, 0.7169, 0.0971], bXYZ: [0.1431, 0.0606, 0.7141] };

/**
 * Whether a profile says what is so without it: sRGB. Then a conversion would cost more than all the rest of decoding, and change
 * values by one here and there. Anything unusual in a profile is answered with no.
 */
export function isSrgb(icc: Buffer): boolean {
  try {
    if (profileSpace(icc) !== 'RGB ' || tagOf(icc, 'A2B0')) return false;
    const primaries = Object.entries(SRGB).every(([name, expected]) => {
      const tag = tagOf(icc, name);
      return tag && expected.every((value, i) => Math.abs(tag.readInt32BE(8 + i * 4) / 65536 - value) < 0.002);
    });
    return primaries && ['rTRC', 'gTRC', 'bTRC'].every((name) => isSrgbCurve(tagOf(icc, name)));
  } catch (error) {
    if (error instanceof RangeError) return false; // A tag reaches beyond the profile's end.
    throw error;
  }
}

function isSrgbCurve(tag: Buffer | undefined): boolean {
  const curve = tag && curveOf(tag);
  if (!curve) return false;
  return POINTS.every((x) => Math.abs(curve(x) - toLinear(x)) < 0.0015);
}

const POINTS = Array.from({ length: 33 }, (_, i) => i / 32);

function toLinear(x: number): number {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

/** A tone curve: a table of samples, or the formula that sRGB is made of (parametric, type 3). */
function curveOf(tag: Buffer): ((x: number) => number) | undefined {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'curv') {
    const count = tag.readUInt32BE(8);
    if (count < 256) return undefined;
    return (x) => tag.readUInt16BE(12 + Math.round(x * (count - 1)) * 2) / 65535;
  }
  if (type !== 'para' || tag.readUInt16BE(8) !== 3) return undefined;
  const [g, a, b, c, d] = Array.from({ length: 5 }, (_, i) => tag.readInt32BE(12 + i * 4) / 65536);
  return (x) => (x >= d! ? (a! * x + b!) ** g! : c! * x);
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
