import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DecodeError } from '../../../src/data/images/decode-error.js';
import { fitImage, fitsOf, sizeOf, type Fit, type FitOptions } from '../../../src/data/images/fit.js';
import type { Preprocess } from '../../../src/registry/config.js';

/** An image whose pixel at (x, y) is (x, y, 0). */
function coordinates(width: number, height: number) {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 0], i * 3);
  return { data, width, height };
}

const SIZES: FitOptions = { image_size: [8, 16], load_size: [10, 20] };

function fitted(fit: Fit, width: number, height: number) {
  const { data, ...size } = fitImage(coordinates(width, height), fit, 'nearest');
  assert.equal(data.length, size.width * size.height * 3);
  return { ...size, corner: [data[0], data[1]] };
}

const bySize = (width: number, height: number, corner = [0, 0]) => ({ width, height, corner });

function fitsFor(preprocess?: Preprocess) {
  return fitsOf({ ...SIZES, ...(preprocess && { preprocess }) });
}

describe('images are prepared as by --preprocess of pytorch-CycleGAN-and-pix2pix', () => {
  test('resize_and_crop, the default, stretches to load_size, and tests to image_size', () => {
    for (const fits of [fitsFor(), fitsFor('resize_and_crop')]) {
      assert.deepEqual(fitted(fits.train, 5, 50), { ...bySize(20, 10), corner: [0, 2] });
      assert.deepEqual(fitted(fits.test, 16, 8), bySize(16, 8));
      assert.deepEqual([sizeOf(fits.train), sizeOf(fits.test)], [[10, 20], [8, 16]]); // prettier-ignore
    }
  });

  test('crop changes nothing, and takes the middle of tests', () => {
    const { train, test } = fitsFor('crop');
    assert.deepEqual(fitted(train, 30, 21), bySize(30, 21));
    assert.deepEqual(fitted(test, 30, 21), bySize(16, 8, [7, 6]));
    assert.deepEqual([sizeOf(train), sizeOf(test)], [undefined, [8, 16]]);
  });

  test('scale_width_and_crop scales to the width of load_size, tests to that of image_size, and keeps the aspect ratio', () => {
    const { train, test } = fitsFor('scale_width_and_crop');
    assert.deepEqual([fitted(train, 40, 31).width, fitted(train, 40, 31).height], [20, 15]);
    assert.deepEqual([fitted(test, 64, 40).width, fitted(test, 64, 40).height], [16, 8]);
    // Wide images become as high as a crop needs.
    assert.deepEqual([fitted(train, 60, 10).width, fitted(train, 60, 10).height], [20, 8]);
  });

  test('scale_width crops nothing, so that the height must fit', () => {
    const { train, test } = fitsFor('scale_width');
    assert.deepEqual(train, test);
    assert.deepEqual([fitted(train, 64, 32).width, fitted(train, 64, 32).height], [16, 8]);
    assert.throws(() => fitted(train, 64, 64), /has 64x64 pixels, which become 16x16, and dataset.image_size is 16x8/);
  });

  test('none rounds sides to multiples of 4, halves to the even one', () => {
    const { train } = fitsFor('none');
    assert.deepEqual(fitted(train, 16, 8), bySize(16, 8));
    for (const [width, height] of [
      [17, 9],
      [18, 10],
      [14, 7],
    ] as const) {
      // prettier-ignore
      const { width: w, height: h } = fitted(train, width, height);
      assert.deepEqual([w, h], [16, 8], `${width}x${height}`);
    }
    assert.throws(() => fitted(train, 19, 8), /has 19x8 pixels, which become 20x8/);
  });
});

test('images too small for a crop are bad images', () => {
  const { train, test } = fitsFor('crop');
  for (const fit of [train, test]) {
    assert.throws(
      () => fitted(fit, 30, 7),
      (error) => error instanceof DecodeError && /has 30x7 pixels: too few for a crop of 16x8/.test(error.message),
    );
  }
});
