import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromHalves, toHalves } from '../../src/export/half-precision.js';

const half = (value: number): number => fromHalves(toHalves(Float32Array.of(value)))[0]!;

describe('a number in half precision', () => {
  test('comes back as it was: each of them, also after a float32', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).filter((bits) => (bits & 0x7fff) <= 0x7c00);
    assert.deepEqual(toHalves(fromHalves(all)), all);
    assert.ok(Number.isNaN(half(NaN)));
  });

  // Values of IEEE 754: 1 is 0x3c00, the greatest 65504, the least normal 2^-14, the least of all 2^-24.
  const bits: readonly [number, number][] = [[1, 0x3c00], [-2, 0xc000], [65504, 0x7bff], [2 ** -14, 0x0400], [2 ** -24, 1], [1 / 3, 0x3555], [-0, 0x8000]]; // prettier-ignore
  for (const [value, expected] of bits) {
    test(`has the bits of the standard: ${value}`, () => assert.equal(toHalves(Float32Array.of(value))[0], expected)); // prettier-ignore
  }

  test('is the nearest one, and of two the even one', () => {
    const step = 2 ** -10; // between 1 and 2
    assert.deepEqual([1 + 0.49 * step, 1 + 0.5 * step, 1 + 0.51 * step, 1 + 1.5 * step].map(half), [1, 1, 1 + step, 1 + 2 * step]); // prettier-ignore
    const least = 2 ** -24;
    assert.deepEqual([0.5 * least, 0.51 * least, 1.5 * least, 2.5 * least].map(half), [0, least, 2 * least, 2 * least]);
    assert.deepEqual([65519, 65520, -1e9].map(half), [65504, Infinity, -Infinity]);
  });
});
