import { decodeBmp } from './bmp.js';
import { imageKindOf, type ImageKind } from './image-kind.js';
import { imageSizeOf } from './image-size.js';
import { decodePnm } from './pnm.js';
import type { Rgb } from './raster.js';
import { checkPixels } from './decode-error.js';
import { decodeWithSharp } from './with-sharp.js';

/**
 * Decodes an image as a viewer shows it: upright (EXIF), over white where it is transparent, converted to 8-bit sRGB, the first frame of
 * an animation. The format is recognised by the content, not by the name.
 *
 * @throws {@link DecodeError}
 */
export async function decodeRgb(bytes: Uint8Array): Promise<Rgb & { readonly format: ImageKind }> {
  const format = imageKindOf(bytes);
  const size = imageSizeOf(bytes, format);
  if (size) checkPixels(size.width, size.height); // Before memory is allocated for a size that the header only declares.
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
