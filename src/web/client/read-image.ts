import { resize } from '../../data/images/resize.js';
import { fitSize } from '../../inference/fit-size.js';
import type { RgbImage } from '../../inference/image-grid.js';
import type { DatasetConfig } from '../../registry/config.js';
import { shorterSide, sidesOf, type Sides } from '../../support/sides.js';
import { DemoError } from './outcome.js';
import type { DemoSize } from './protocol.js';

/** Beyond it, the pixels alone take half a gigabyte, and browsers refuse canvases. */
const MOST_PIXELS = 64e6;

/**
 * Decodes an image as those of the training were: upright, over white where it is transparent, 8-bit sRGB.
 *
 * @throws DemoError `not-an-image`, `too-large`
 */
export async function readImage(image: Blob | ImageBitmap): Promise<RgbImage> {
  const bitmap = image instanceof Blob ? await decode(image) : image;
  try {
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) throw new DemoError('too-large', `${width} x ${height}`);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true, colorSpace: 'srgb' });
    if (context === null) throw new DemoError('too-large', `${width} x ${height}`);
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: withoutAlpha(context.getImageData(0, 0, width, height).data) };
  } finally {
    bitmap.close();
  }
}

async function decode(blob: Blob): Promise<ImageBitmap> {
  return createImageBitmap(blob, { imageOrientation: 'from-image', colorSpaceConversion: 'default' }).catch(() => {
    throw new DemoError('not-an-image', blob.type);
  });
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

export function withAlpha(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from]!;
    rgba[to + 1] = rgb[from + 1]!;
    rgba[to + 2] = rgb[from + 2]!;
  }
  return rgba;
}

/** @param anySize whether the generator takes others than images of its training's size */
export function resizeFor(
  image: RgbImage,
  size: DemoSize,
  imageSize: Sides,
  anySize: boolean,
  interpolation: DatasetConfig['interpolation'],
): RgbImage {
  const to = anySize ? targetOf(image, size, imageSize) : sidesOf(imageSize);
  return { ...to, data: resize(image.data, image.width, image.height, to, interpolation) };
}

function targetOf({ width, height }: RgbImage, size: DemoSize, imageSize: Sides) {
  return size === 'full'
    ? { width, height }
    : fitSize({ width, height }, size === 'fit' ? shorterSide(imageSize) : size);
}
