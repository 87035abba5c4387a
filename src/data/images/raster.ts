import type { ChannelRange } from './bit-depth.js';

/** Decoded pixels, rows from the top. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The result of every decoder: [height, width, 3], and the properties that the conversion removed. */
export interface Rgb extends Raster {
  /** `grey`, `16-bit`, `CMYK`... */
  readonly traits: readonly string[];
  /** Set for an image of more than 8 bits a channel. */
  readonly range?: ChannelRange;
}

/** A part of an RGB image, copied. @param part in pixels of the image, within it */
export function cutOut(
  image: Raster,
  part: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): Raster {
  const { left, top, width, height } = part;
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { data, width, height };
}

/** Converts [n], [n, 2] (with alpha), [n, 3] or [n, 4] (with alpha) uint8 to [n, 3], over white. May overwrite `data`. */
export function toRgb(data: Uint8Array, channels: number): { readonly rgb: Uint8Array; readonly transparent: boolean } {
  if (channels === 3) return { rgb: data, transparent: false };
  const transparent = channels % 2 === 0 && overWhite(data, channels);
  if (channels === 4) return { rgb: withoutFourth(data), transparent };
  return { rgb: fromGrey(data, channels), transparent };
}

/** Blends straight alpha over white, rounded: x * a + 255 * (1 - a). @returns whether any pixel was transparent */
function overWhite(data: Uint8Array, channels: number): boolean {
  let transparent = false;
  for (let i = channels - 1; i < data.length; i += channels) {
    const alpha = data[i]!;
    if (alpha === 255) continue;
    transparent = true;
    const white = 255 * (255 - alpha) + 127;
    for (let k = i - channels + 1; k < i; k++) data[k] = (data[k]! * alpha + white) / 255;
  }
  return transparent;
}

/** Works in place, so that a huge image needs no second copy. */
function withoutFourth(data: Uint8Array): Uint8Array {
  let to = 0;
  for (let from = 0; from < data.length; from += 4) {
    data[to++] = data[from]!;
    data[to++] = data[from + 1]!;
    data[to++] = data[from + 2]!;
  }
  return data.subarray(0, to);
}

function fromGrey(data: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    const value = data[from]!;
    rgb[to++] = value;
    rgb[to++] = value;
    rgb[to++] = value;
  }
  return rgb;
}

/** Converts CMYK without a profile: each ink and black reduce white by their share, as in Pillow and browsers. */
export function cmykToRgb(data: Uint8Array): Uint8Array {
  let to = 0;
  for (let from = 0; from < data.length; from += 4) {
    const light = 255 - data[from + 3]!;
    for (let k = 0; k < 3; k++) data[to++] = ((255 - data[from + k]!) * light + 127) / 255;
  }
  return data.subarray(0, to);
}

/** Whether an image stored as RGB is grey. Stops at the first coloured pixel. */
export function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) {
    if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  }
  return true;
}
