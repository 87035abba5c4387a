import assert from 'node:assert/strict';
import { test } from 'node:test';
import { savedShare } from '../../../src/data/prepare/decoding/adaptive-decoder.js';

test('workers save nothing if the thread pool does most of the work, otherwise more with more cores', () => {
  assert.equal(savedShare(0.4, 2), 0);
  assert.equal(savedShare(0.5, 2), 0);
  assert.equal(savedShare(1, 2), 0.5);
  assert.equal(savedShare(1, 16), 15 / 16);
  assert.equal(savedShare(0.5, 16), 14 / 16);
  // Waiting for a core counts as work, so the share may exceed 1.
  assert.equal(savedShare(1.5, 2), 0.5);
});

test('a single core never needs workers', () => {
  assert.equal(savedShare(0.1, 1), 0);
  assert.equal(savedShare(1, 1), 0);
});
