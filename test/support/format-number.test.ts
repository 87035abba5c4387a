import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatNumber, formatNumberLike } from '../../src/support/format-number.js';

describe('a measured number for people', () => {
  const cases: readonly (readonly [number, string])[] = [
    [18.0312, '18.03'],
    [9.5, '9.500'],
    [999.94, '999.9'],
    [0.16678, '0.1668'],
    [0.1, '0.1000'],
    [0.0999, '0.0999'],
    [0.021349, '0.0213'],
    [0.00213, '0.00213'],
    [-0.00213, '-0.00213'],
    [0.0001, '0.000100'],
  ];

  test('has four significant digits, and three below 0.1', () => {
    for (const [value, text] of cases) assert.equal(formatNumber(value), text);
  });

  test('is in full if it is whole', () => {
    assert.deepEqual([0, 1, 17, -3, 12_345].map(formatNumber), ['0', '1', '17', '-3', '12,345']);
  });

  test('has thousands separated and no decimals from a thousand on', () => {
    assert.equal(formatNumber(999.96), '1,000');
    assert.equal(formatNumber(1234.5), '1,235');
    assert.equal(formatNumber(-12_345_678), '-12,345,678');
  });

  test('has an exponent only if it is very small or very large', () => {
    assert.equal(formatNumber(0.00002), '2.00e-5');
    assert.equal(formatNumber(-3.14159e12), '-3.14e+12');
  });

  test('may be none', () => {
    assert.deepEqual([NaN, Infinity, -Infinity].map(formatNumber), ['NaN', '∞', '-∞']);
  });

  test('has the decimals of the number beside it', () => {
    assert.equal(formatNumberLike(0.284, 19.14), '0.28');
    assert.equal(formatNumberLike(17, 18.0312), '17.00');
    assert.equal(formatNumberLike(16.8, 17), '16.80');
    assert.equal(formatNumberLike(0.0304, 0.00213), '0.03040');
    assert.equal(formatNumberLike(3.7, 12_345), '4');
    assert.equal(formatNumberLike(1234.567, 18.03), '1,234.57');
  });

  test('has its own digits beside it where it would round to nothing, or the other has no decimals to follow', () => {
    assert.equal(formatNumberLike(0.0012, 18.03), '0.00120');
    assert.equal(formatNumberLike(0, 18.03), '0.00');
    assert.equal(formatNumberLike(0.6, 0), '0.6000');
    assert.equal(formatNumberLike(0.5, 0.00002), '0.5000');
    assert.equal(formatNumberLike(Infinity, 18.03), '∞');
    assert.equal(formatNumberLike(0.5, NaN), '0.5000');
  });
});
