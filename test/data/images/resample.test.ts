import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { resample } from '../../../src/data/images/resample.js';
import { FOLDER } from './fixtures.js';
import { plainResample } from './plain-resample.js';

interface Case {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly filter: 'bilinear' | 'bicubic';
  /** Pillow's result for {@link noise}, base64. */
  readonly rgb: string;
}

describe('resample equals Pillow’s Image.resize bit for bit with', () => {
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

test('resample keeps an image of one colour unchanged, also at the edges', () => {
  const plain = new Uint8Array(50 * 30 * 3).fill(200);
  for (const filter of ['bilinear', 'bicubic'] as const) {
    for (const size of [1, 7, 30, 64]) {
      assert.ok(resample(plain, 50, 30, size, filter).every((value) => value === 200));
    }
  }
});

test('resample returns an image of the requested size itself', () => {
  const source = noise(16, 16);
  assert.equal(resample(source, 16, 16, 16, 'bicubic'), source);
});

test('resample gives the same result for more image sizes than are cached', () => {
  const before = resample(noise(20, 20), 20, 20, 8, 'bicubic');
  for (let side = 21; side < 120; side++) resample(noise(side, side), side, side, 8, 'bicubic');
  assert.deepEqual(resample(noise(20, 20), 20, 20, 8, 'bicubic'), before);
});

describe('resample equals the plain formula', () => {
  const compare = (source: Uint8Array, width: number, height: number, size: number, filter: Case['filter']) => {
    const what = `${width} x ${height} to ${size}, ${filter}`;
    const wanted = plainResample(source, width, height, size, filter);
    assert.ok(Buffer.from(resample(source, width, height, size, filter)).equals(wanted), what);
  };

  test('for every pair of small sides', () => {
    for (let from = 1; from <= 40; from++) {
      for (let size = 1; size <= 24; size++) compare(noise(from, from), from, from, size, 'bicubic');
    }
  });

  test('for various shapes, with noise and with maximal overshoot', () => {
    const random = generator(5);
    const side = () => Math.ceil(2 ** (random() * 9));
    for (let i = 0; i < 150; i++) {
      const [width, height, size] = [side(), side(), side()];
      const sources = [noise(width, height), noise(width, height).map((value) => (value > 127 ? 255 : 0))];
      for (const source of sources) compare(source, width, height, size, i % 4 === 0 ? 'bilinear' : 'bicubic');
    }
  });

  // More than one band of 16 MiB: horizontal first, vertical first, and each pass alone.
  for (const [width, height, size] of [
    [3001, 2003, 50],
    [1501, 4001, 33],
    [40, 150_001, 40],
    [90_001, 64, 64],
  ] as const) {
    test(`for ${width} x ${height} pixels, which are processed in bands`, () =>
      compare(noise(width, height), width, height, size, 'bicubic'));
  }

  test('after a huge image, whose memory is freed', () => {
    compare(noise(2, 3), 2, 3, 4800, 'bilinear');
    compare(noise(30, 20), 30, 20, 40, 'bicubic');
  });
});

/** Reproducible numbers in 0..1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** As in make_images.py. */
function noise(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
}
