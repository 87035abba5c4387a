import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saved } from '../../../src/data/prepare/decoding/adaptive-decoder.js';

test('workers save nothing where the thread pool has the most work, and the more cores the more elsewhere', () => {
  assert.equal(saved(0.4, 2), 0);
  assert.equal(saved(0.5, 2), 0);
  assert.equal(saved(1, 2), 0.5);
  assert.equal(saved(1, 16), 15 / 16);
  assert.equal(saved(0.5, 16), 14 / 16);
  // Waiting for a core counts as work, so the share may seem larger than all.
  assert.equal(saved(1.5, 2), 0.5);
});

test('a single core never needs workers', () => {
  assert.equal(saved(0.1, 1), 0);
  assert.equal(saved(1, 1), 0);
});
