import { decodeBmp } from './bmp.js';
import { imageKindOf, type ImageKind } from './image-kind.js';
import { imageSizeOf } from './image-size.js';
import { decodePnm } from './pnm.js';
import type { Rgb } from './raster.js';
import { checkPixels } from './decode-error.js';
import { decodeWithSharp } from './with-sharp.js';

/**
 * Decodes an image as people see it: upright (EXIF), over white where it is transparent, its colours in 8-bit sRGB whatever they were,
 * the first frame of an animation. What it is, is told by its content, not by its name.
 *
 * @throws Refusal
 */
export async function decodeRgb(bytes: Uint8Array): Promise<Rgb & { readonly format: ImageKind }> {
  const format = imageKindOf(bytes);
  const size = imageSizeOf(bytes, format);
  if (size) checkPixels(size.width, size.height); // Before memory is taken for what a header only claims.
  return { ...(await DECODERS[format](bytes, format)), format };
}

const DECODERS: Readonly<Record<ImageKind, (bytes: Uint8Array, kind: ImageKind) => Rgb | Promise<Rgb>>> = {
  jpeg: decodeWithSharp,
  png: decodeWithSharp,
  gif: decodeWithSharp,
  webp: decodeWithSharp,
  tiff: decodeWithSharp,
  avif: decodeWithSharp,
  svg: decodeWithSharp,
  bmp: decodeBmp,
  pnm: decodePnm,
};
