/** Decoded pixels, rows from the top. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What comes out of every decoder: [height, width, 3], and what had to be done for that. */
export interface Rgb extends Raster {
  /** For people: `grey`, `16-bit`, `CMYK`... */
  readonly traits: readonly string[];
}

/** [n] or [n, 2] (with alpha) or [n, 3] or [n, 4] (with alpha) uint8 to [n, 3], over white. May write over `data`. */
export function toRgb(data: Uint8Array, channels: number): { readonly rgb: Uint8Array; readonly transparent: boolean } {
  if (channels === 3) return { rgb: data, transparent: false };
  const transparent = channels % 2 === 0 && overWhite(data, channels);
  if (channels === 4) return { rgb: withoutFourth(data), transparent };
  return { rgb: fromGrey(data, channels), transparent };
}

/** Straight alpha over white, rounded: x * a + 255 * (1 - a). @returns whether anything was transparent */
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

/** In place, so that a huge picture is not held twice. */
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

/** 16 bits to 8: 65535 is 255, so a step is 257. Writes over the start of `data`. */
export function from16(data: Uint8Array): Uint8Array {
  const even = data.byteOffset % 2 === 0 ? data : new Uint8Array(data);
  const values = new Uint16Array(even.buffer, even.byteOffset, data.length >> 1);
  for (let i = 0; i < values.length; i++) data[i] = (values[i]! + 128) / 257;
  return data.subarray(0, values.length);
}

/** {@link toRgb}'s white below, for 16 bits, before they are made 8, and alpha is opaque from there on. @returns whether anything was transparent */
export function overWhite16(data: Uint8Array, channels: number): boolean {
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length >> 1);
  let transparent = false;
  for (let i = channels - 1; i < values.length; i += channels) {
    const alpha = values[i]!;
    if (alpha === 65535) continue;
    transparent = true;
    for (let k = i - channels + 1; k < i; k++) values[k] = (values[k]! * alpha + 65535 * (65535 - alpha)) / 65535 + 0.5;
    values[i] = 65535;
  }
  return transparent;
}

/** Floating-point numbers to 8 bits. Writes over the start of `data`; what is no number is black. */
export function fromFloats(data: Uint8Array): Uint8Array {
  const values = new Float32Array(data.buffer, data.byteOffset, data.length >> 2);
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  const scale = most > 1 ? 1 : 255;
  const bytes = new Uint8ClampedArray(data.buffer, data.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i]! * scale;
  return data.subarray(0, values.length);
}

/** Ink without a profile: what is left of white when each ink and black have taken their part. As Pillow and browsers do. */
export function cmykToRgb(data: Uint8Array): Uint8Array {
  let to = 0;
  for (let from = 0; from < data.length; from += 4) {
    const light = 255 - data[from + 3]!;
    for (let k = 0; k < 3; k++) data[to++] = ((255 - data[from + k]!) * light + 127) / 255;
  }
  return data.subarray(0, to);
}

/** Whether a picture that is stored in colour has none. Stops at the first coloured pixel. */
export function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) {
    if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  }
  return true;
}
