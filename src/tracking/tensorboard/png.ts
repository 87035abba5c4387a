const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples per pixel for each colour type of the header (PNG specification, 11.2.2): grey, RGB, palette of RGB, grey and alpha, RGBA. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** Width, height and samples per pixel, from the header chunk, which is always first. @returns `undefined` for anything but a PNG */
export function pngSize(
  png: Uint8Array,
): { readonly width: number; readonly height: number; readonly colorspace: number } | undefined {
  if (png.length < 33 || !SIGNATURE.equals(png.subarray(0, 8))) return undefined;
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20), colorspace: SAMPLES[view.getUint8(25)] ?? 3 };
}
