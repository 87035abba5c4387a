import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { resample } from '../../../src/data/pictures/resample.js';
import { FOLDER } from './fixtures.js';

interface Case {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly filter: 'bilinear' | 'bicubic';
  /** What Pillow makes of {@link noise}, base64. */
  readonly rgb: string;
}

describe('is Pillow’s Image.resize, bit for bit', () => {
  for (const { width, height, size, filter, rgb } of JSON.parse(
    readFileSync(join(FOLDER, 'resized.json'), 'utf8'),
  ) as Case[]) {
    test(`${filter}: ${width} x ${height} to ${size}`, () => {
      assert.deepEqual(
        Buffer.from(resample(noise(width, height), width, height, size, filter)),
        Buffer.from(rgb, 'base64'),
      );
    });
  }
});

test('one colour stays as it is, at the edges too', () => {
  const plain = new Uint8Array(50 * 30 * 3).fill(200);
  for (const filter of ['bilinear', 'bicubic'] as const) {
    for (const size of [1, 7, 30, 64]) {
      assert.ok(resample(plain, 50, 30, size, filter).every((value) => value === 200));
    }
  }
});

test('a picture of the wanted size is not touched', () => {
  const source = noise(16, 16);
  assert.equal(resample(source, 16, 16, 16, 'bicubic'), source);
});

test('more sizes of pictures than are remembered change nothing', () => {
  const before = resample(noise(20, 20), 20, 20, 8, 'bicubic');
  for (let side = 21; side < 120; side++) resample(noise(side, side), side, side, 8, 'bicubic');
  assert.deepEqual(resample(noise(20, 20), 20, 20, 8, 'bicubic'), before);
});

/** As in make_pictures.py. */
function noise(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
}
