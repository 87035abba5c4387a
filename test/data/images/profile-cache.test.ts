import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cachedByProfile } from '../../../src/data/images/profile-cache.js';

test('a profile is read once for all images with it, even if the result is undefined', () => {
  const asked: string[] = [];
  const length = cachedByProfile((icc) => {
    asked.push(icc.toString());
    return icc.length > 3 ? icc.length : undefined;
  });
  assert.deepEqual(
    [length(Buffer.from('abc')), length(Buffer.from('abcd')), length(Buffer.from('abc'))],
    [undefined, 4, undefined],
  );
  assert.deepEqual(asked, ['abc', 'abcd']);
});

test('only the latest profiles stay in the cache', () => {
  let asked = 0;
  const count = cachedByProfile(() => ++asked);
  for (let i = 0; i < 1000; i++) count(Buffer.from(`${i}`));
  assert.equal(count(Buffer.from('999')), 1000);
  assert.equal(count(Buffer.from('0')), 1001);
});
