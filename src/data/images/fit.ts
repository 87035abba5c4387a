import type { DatasetConfig } from '../../registry/config.js';
import { sameSize, sidesOf, sizeText, type HeightWidth, type Sides } from '../../support/sides.js';
import { DecodeError } from './decode-error.js';
import { cutOut, type Raster } from './raster.js';
import { resize } from './resize.js';

/**
 * How a decoded image gets its size in the store. Follows `get_transform` of pytorch-CycleGAN-and-pix2pix (data/base_dataset.py), but for the
 * random crop of training, which takes place later.
 */
export type Fit = Stretch | Scale;

/** To a size, whatever the aspect ratio. */
export interface Stretch {
  readonly resize: 'stretch';
  readonly to: Sides;
}

/** With the aspect ratio kept. */
export interface Scale {
  /** `multiple`: sides are rounded to multiples of 4. A number: to this width. */
  readonly resize: 'none' | 'multiple' | number;
  /** `image_size` */
  readonly size: Sides;
  /** `whole`: crops of `size` are taken later. `middle`: of it, `size` is left. `exact`: it must have this size. */
  readonly part: 'whole' | 'middle' | 'exact';
}

export type FitOptions = Pick<DatasetConfig, 'image_size' | 'load_size' | 'preprocess'>;

/** How images of training, and those of tests, are prepared. */
export function fitsOf({ image_size: size, load_size: load, preprocess = 'resize_and_crop' }: FitOptions): {
  readonly train: Fit;
  readonly test: Fit;
} {
  const cropped = (train: Scale['resize'], test = train): { readonly train: Fit; readonly test: Fit } => ({
    train: { resize: train, size, part: 'whole' },
    test: { resize: test, size, part: 'middle' },
  });
  const exact = (how: Scale['resize']): { readonly train: Fit; readonly test: Fit } => {
    const fit = { resize: how, size, part: 'exact' } as const;
    return { train: fit, test: fit };
  };
  switch (preprocess) {
    case 'resize_and_crop':
      return { train: { resize: 'stretch', to: load }, test: { resize: 'stretch', to: size } };
    case 'crop':
      return cropped('none');
    case 'scale_width_and_crop':
      return cropped(sidesOf(load).width, sidesOf(size).width);
    case 'scale_width':
      return exact(sidesOf(size).width);
    case 'none':
      return exact('multiple');
  }
}

/** The size of all images that are prepared so; undefined if each has its own. */
export function sizeOf(fit: Fit): Sides | undefined {
  if (fit.resize === 'stretch') return fit.to;
  return fit.part === 'whole' ? undefined : fit.size;
}

/**
 * Resizes a decoded RGB image, and cuts its middle out where that is asked for.
 *
 * @throws {@link DecodeError} for an image that does not have the size that it needs
 */
export function fitImage(image: Raster, fit: Fit, interpolation: DatasetConfig['interpolation']): Raster {
  const to = resizedSize(image, fit);
  if (fit.resize !== 'stretch') expectSize(image, to, fit);
  const data = resize(image.data, image.width, image.height, to, interpolation);
  const resized = { ...to, data };
  return fit.resize !== 'stretch' && fit.part === 'middle' ? middleOf(resized, fit.size) : resized;
}

function resizedSize({ width, height }: HeightWidth, fit: Fit): HeightWidth {
  if (fit.resize === 'stretch') return sidesOf(fit.to);
  if (fit.resize === 'none') return { width, height };
  if (fit.resize === 'multiple') return { width: toMultiple(width), height: toMultiple(height) };
  const least = sidesOf(fit.size).height;
  return { width: fit.resize, height: Math.max(least, Math.floor((fit.resize * height) / width)) };
}

const MULTIPLE = 4;

/** As Python rounds: halves to the even one. */
function toMultiple(side: number): number {
  const times = side / MULTIPLE;
  const half = times % 1 === 0.5;
  return Math.max(1, half ? 2 * Math.round(times / 2) : Math.round(times)) * MULTIPLE;
}

function expectSize(image: HeightWidth, to: HeightWidth, { size, part }: Scale): void {
  const found = `has ${sizeText(image)} pixels${sameSize(image, to) ? '' : `, which become ${sizeText(to)}`}`;
  const wanted = sidesOf(size);
  if (part === 'exact') {
    if (sameSize(to, size)) return;
    throw new DecodeError(`${found}, and dataset.image_size is ${sizeText(size)}`);
  }
  if (to.width >= wanted.width && to.height >= wanted.height) return;
  throw new DecodeError(`${found}: too few for a crop of ${sizeText(size)} (dataset.image_size)`);
}

/** The part of an image in its middle; of an odd rest, the smaller half is above and on the left. */
export function middleOf(image: Raster, size: Sides): Raster {
  const { height, width } = sidesOf(size);
  if (sameSize(image, size)) return image;
  const [top, left] = [Math.floor((image.height - height) / 2), Math.floor((image.width - width) / 2)];
  return cutOut(image, { left, top, width, height });
}
