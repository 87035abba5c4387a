import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resizeNearest } from '../../../src/data/images/nearest.js';

/** Resizes a row of grey pixels 0, 1, 2...; all rows are equal. */
function row(from: number, to: number): number[] {
  const source = Uint8Array.from({ length: from * 3 }, (_, i) => Math.floor(i / 3));
  const resized = resizeNearest(source, from, 1, to);
  return Array.from({ length: to }, (_, x) => resized[x * 3]!);
}

// The output of TensorFlow's ResizeNearestNeighbor with half_pixel_centers, as tf.image.resize sets it.
test('resizeNearest picks the same pixels as TensorFlow', () => {
  assert.deepEqual(row(5, 3), [0, 2, 4]);
  assert.deepEqual(row(3, 8), [0, 0, 0, 1, 1, 2, 2, 2]);
  assert.deepEqual(row(10, 7), [0, 2, 3, 5, 6, 7, 9]);
});

test('resizeNearest keeps the channels of a pixel together and the two axes apart', () => {
  const source = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual([...resizeNearest(source, 2, 2, 2)], [...source]);
  const large = resizeNearest(source, 2, 2, 4);
  assert.deepEqual([...large.slice(0, 12)], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
  assert.deepEqual([...large.slice(36)], [7, 8, 9, 7, 8, 9, 10, 11, 12, 10, 11, 12]);
});
