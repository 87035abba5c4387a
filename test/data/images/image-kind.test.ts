import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeRgb } from '../../../src/data/images/decode-rgb.js';
import { pixelCountOf } from '../../../src/data/images/image-size.js';
import { ALLOWED, difference, EXPECTED, filesThere, NAMES, image } from './fixtures.js';

const UNREADABLE = ['lab.tiff'];

describe('the reference RGB is decoded from', () => {
  for (const name of NAMES.filter((name) => !UNREADABLE.includes(name))) {
    test(name, async () => {
      const { rgb, width, height } = EXPECTED[name]!;
      const decoded = await decodeRgb(image(name));
      assert.deepEqual([decoded.width, decoded.height], [width, height]);
      const { largest } = difference(decoded.data, Buffer.from(rgb, 'base64'));
      assert.ok(largest <= (ALLOWED[name] ?? 0), `largest difference ${largest}`);
    });
  }
});

test('every image file has an expectation, and every expectation a file', () => {
  assert.deepEqual(filesThere(), [...NAMES].sort());
});

const TRAITS: Readonly<Record<string, [format: string, ...traits: string[]]>> = {
  'plain.jpg': ['jpeg'],
  'srgb-profile.jpg': ['jpeg'],
  'grey.jpg': ['jpeg', 'grey'],
  'grey-profile.jpg': ['jpeg', 'grey', 'Gray Gamma 1.8 profile'],
  'grey-with-rgb-profile.jpg': ['jpeg', 'grey'],
  'display-p3.jpg': ['jpeg', 'Display P3 profile'],
  'cmyk.jpg': ['jpeg', 'CMYK'],
  'cmyk-profile.jpg': ['jpeg', 'CMYK', 'Small press profile'],
  'orientation-1.jpg': ['jpeg'],
  'orientation-8.jpg': ['jpeg', 'rotated'],
  'palette-transparent.png': ['png', 'palette', 'transparent'],
  '16-bit-grey-alpha.png': ['png', 'grey', '16-bit', 'transparent'],
  'animated.png': ['png', 'first of 2 frames'],
  'animated.gif': ['gif', 'palette', 'first of 2 frames'],
  'animated.webp': ['webp', 'first of 2 frames'],
  'pages.tiff': ['tiff', 'first of 2 pages'],
  'float-grey.tiff': ['tiff', 'grey', 'floating-point'],
  'alpha.avif': ['avif', 'transparent'],
  'rle8.bmp': ['bmp', 'palette'],
  '16-bit.pgm': ['pnm', 'grey', '16-bit'],
};

test('the traits of an image name its special properties', async () => {
  for (const [name, expected] of Object.entries(TRAITS)) {
    const { format, traits } = await decodeRgb(image(name));
    assert.deepEqual([format, ...traits], expected, name);
  }
});

test('the number of pixels is read from an image’s first bytes', () => {
  for (const name of NAMES) {
    const { width, height } = EXPECTED[name]!;
    assert.equal(pixelCountOf(image(name)), width * height, name);
  }
  assert.equal(pixelCountOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), undefined);
  assert.equal(pixelCountOf(Buffer.from('not an image')), undefined);
  assert.equal(pixelCountOf(image('rgb.png').subarray(0, 12)), undefined);
});
