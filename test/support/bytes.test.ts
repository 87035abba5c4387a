import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatBytes, parseBytes } from '../../src/support/bytes.js';

describe('sizes in bytes', () => {
  test('are formatted in powers of 1000, with two digits at least', () => {
    const sizes = [0, 1, 312, 999, 1000, 1540, 9960, 117e6, 999_999, 1.5e9, 2e9, 50e9, 3e15, 5e18];
    assert.deepEqual(sizes.map(formatBytes), [
      '0 bytes',
      '1 byte',
      '312 bytes',
      '999 bytes',
      '1 kB',
      '1.5 kB',
      '10 kB',
      '117 MB',
      '1 MB',
      '1.5 GB',
      '2 GB',
      '50 GB',
      '3 PB',
      '5000 PB',
    ]);
  });

  test('are parsed in the usual notations', () => {
    const texts = ['50GB', '50 gb', '1.5TB', '800MiB', '4096', '4096 bytes', '10k', ' 2 kB ', '0', '1 B'];
    const bytes = [50e9, 50e9, 1.5e12, 800 * 2 ** 20, 4096, 4096, 10_000, 2000, 0, 1];
    assert.deepEqual(texts.map(parseBytes), bytes);
  });

  test('are not guessed from other texts', () => {
    for (const text of ['', 'GB', '-5GB', '5 XB', '5iB', '1e9', '5 GB or so', '99999PB']) {
      assert.equal(parseBytes(text), undefined, text);
    }
  });
});
