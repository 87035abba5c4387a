/** Numbers of more than 8 bits, made 8. */

/** What numbers a deep image holds, its transparency left out, and which of them is white. Black is 0. */
export interface ChannelRange {
  readonly least: number;
  readonly most: number;
  readonly white: number;
}

/** What a range does to an image, as a trait; nothing where it is as it should be. */
export function rangeTrait({ least, most, white }: ChannelRange): 'nearly black' | 'clipped' | undefined {
  if (least < 0 || most > white) return 'clipped';
  // Data of 14 bits or fewer in 16: a dark photograph has a bright spot somewhere.
  return most > 0 && most < white / 4 ? 'nearly black' : undefined;
}

const WHITE_16 = 65535;

/** Of 16-bit numbers, [n, channels]; an even number of channels ends with transparency. */
export function rangeOf16(data: Uint8Array, channels: number): ChannelRange {
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length >> 1);
  return { ...extremes(values, channels), white: WHITE_16 };
}

/** 16 bits to 8: 65535 is 255, so a step is 257. Writes over the start of `data`. */
export function from16(data: Uint8Array): Uint8Array {
  const even = data.byteOffset % 2 === 0 ? data : new Uint8Array(data);
  const values = new Uint16Array(even.buffer, even.byteOffset, data.length >> 1);
  for (let i = 0; i < values.length; i++) data[i] = (values[i]! + 128) / 257;
  return data.subarray(0, values.length);
}

/** `toRgb`'s white below, for 16 bits, before they are made 8, and alpha is opaque from there on. @returns whether anything was transparent */
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
 * Floating-point numbers, [n, channels], to 8 bits: black is 0, white is 1, or 255 where any number is above 1. Transparency has a
 * scale of its own. Writes over the start of `data`; what is no number is black, what is infinite black or white.
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

/** The least and the largest finite number of the colours; 0 where there is none. */
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
