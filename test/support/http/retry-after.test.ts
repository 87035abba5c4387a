import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfter } from '../../../src/support/http/retry-after.js';

test('Retry-After is read as seconds and as a date', () => {
  assert.equal(retryAfter(undefined), undefined);
  assert.equal(retryAfter('7'), 7000);
  assert.equal(retryAfter('Wed, 21 Oct 2015 07:28:10 GMT', Date.UTC(2015, 9, 21, 7, 28)), 10_000);
  assert.equal(retryAfter('Wed, 21 Oct 2015 07:28:10 GMT', Date.UTC(2020, 0)), 0);
  assert.equal(retryAfter('soon'), undefined);
});
