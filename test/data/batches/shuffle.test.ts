import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shuffledOrder } from '../../../src/data/batches/shuffle.js';
import { keyedRandom } from '../../../src/support/keyed-random.js';

const draw = (count: number, buffer: number, key = 0) => [...shuffledOrder(count, buffer, keyedRandom('test', key))];

test('a shuffle contains each index once', () => {
  for (const [count, buffer] of [
    [1, 1],
    [10, 3],
    [10, 10],
    [10, 1000],
    [100, 7],
  ] as const) {
    assert.deepEqual(
      draw(count, buffer).sort((a, b) => a - b),
      Array.from({ length: count }, (_, i) => i),
    );
  }
});

test('a shuffle reaches no further ahead than its buffer', () => {
  for (let key = 0; key < 50; key++) {
    draw(60, 8, key).forEach((index, step) => assert.ok(index < step + 8, `output ${step} was input ${index}`));
  }
});

test('a shuffle with a buffer of one or less keeps the order', () => {
  for (const buffer of [0, 1]) assert.deepEqual(draw(6, buffer), [0, 1, 2, 3, 4, 5]);
});

test('a shuffle with a buffer as large as the input makes all orders equally likely', () => {
  const counts = new Map<string, number>();
  for (let key = 0; key < 6000; key++) {
    const order = draw(3, 3, key).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const [order, count] of counts) assert.ok(Math.abs(count - 1000) < 150, `${order}: ${count}`);
});

test('a shuffle with a smaller buffer has the bias of tf.data: an element leaves its buffer of b at each step with chance 1/b', () => {
  // With 2 in the buffer, input 0 comes first half the time, second a quarter, third an eighth...
  const first = [0, 0, 0];
  for (let key = 0; key < 4000; key++) {
    const at = draw(20, 2, key).indexOf(0);
    if (at < 3) first[at]!++;
  }
  assert.ok(
    Math.abs(first[0]! - 2000) < 160 && Math.abs(first[1]! - 1000) < 140 && Math.abs(first[2]! - 500) < 110,
    first.join(),
  );
});
