/** Conversion of channels of more than 8 bits to 8 bits. */

/** The range of the values of a deep image without its alpha channel, and the value of white. Black is 0. */
export interface ChannelRange {
  readonly least: number;
  readonly most: number;
  readonly white: number;
}

/** The trait of an image whose values do not fit between black and white; nothing for a normal range. */
export function rangeTrait({ least, most, white }: ChannelRange): 'nearly black' | 'clipped' | undefined {
  if (least < 0 || most > white) return 'clipped';
  // 14 bits or fewer stored in 16: even a dark photograph has some bright pixel.
  return most > 0 && most < white / 4 ? 'nearly black' : undefined;
}

const WHITE_16 = 65535;

/** The range of 16-bit values, [n, channels]; of an even number of channels the last is alpha. */
export function rangeOf16(data: Uint8Array, channels: number): ChannelRange {
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length >> 1);
  return { ...extremes(values, channels), white: WHITE_16 };
}

/** Converts 16 bits to 8: 65535 becomes 255, so a step is 257. Overwrites the start of `data`. */
export function from16(data: Uint8Array): Uint8Array {
  const even = data.byteOffset % 2 === 0 ? data : new Uint8Array(data);
  const values = new Uint16Array(even.buffer, even.byteOffset, data.length >> 1);
  for (let i = 0; i < values.length; i++) data[i] = (values[i]! + 128) / 257;
  return data.subarray(0, values.length);
}

/** Blends 16-bit values over white, as `toRgb` does for 8 bits, and makes alpha opaque. @returns whether any pixel was transparent */
export function overWhite16(data: Uint8Array, channels: number): boolean {
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length >> 1);
  let transparent = false;
  for (let i = channels - 1; i < values.length; i += channels) {
    const alpha = values[i]!;
    if (alpha === WHITE_16) continue;
    transparent = true;
    for (let k = i - channels + 1; k < i; k++)
      values[k] = (values[k]! * alpha + WHITE_16 * (WHITE_16 - alpha)) / WHITE_16 + 0.5;
    values[i] = WHITE_16;
  }
  return transparent;
}

/**
 * Converts floating-point values, [n, channels], to 8 bits: black is 0, white is 1, or 255 where any value is above 1. Alpha is scaled
 * separately. Overwrites the start of `data`; NaN becomes black, infinity black or white.
 */
export function fromFloats(
  data: Uint8Array,
  channels: number,
): { readonly bytes: Uint8Array; readonly range: ChannelRange } {
  const values = new Float32Array(data.buffer, data.byteOffset, data.length >> 2);
  const range = extremes(values, channels);
  const white = range.most > 1 ? 255 : 1;
  const colours = coloursOf(channels);
  const alphaScale = colours < channels && maxAlpha(values, channels) > 1 ? 1 : 255;
  const bytes = new Uint8ClampedArray(data.buffer, data.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i]! * (i % channels < colours ? 255 / white : alphaScale);
  return { bytes: data.subarray(0, values.length), range: { ...range, white } };
}

function coloursOf(channels: number): number {
  return channels % 2 === 0 ? channels - 1 : channels;
}

/** The least and the largest finite value of the colours; 0 where there is none. */
function extremes(values: Uint16Array | Float32Array, channels: number) {
  const colours = coloursOf(channels);
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i += channels) {
    for (let k = i; k < i + colours; k++) {
      const value = values[k]!;
      if (value < least && value !== -Infinity) least = value;
      if (value > most && value !== Infinity) most = value;
    }
  }
  return least > most ? { least: 0, most: 0 } : { least, most };
}

function maxAlpha(values: Float32Array, channels: number): number {
  let most = 0;
  for (let i = channels - 1; i < values.length; i += channels) if (values[i]! > most) most = values[i]!;
  return most;
}
