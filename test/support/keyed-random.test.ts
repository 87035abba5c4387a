import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyedRandom } from '../../src/support/keyed-random.js';

test('the same key gives the same numbers, in this and every later version', () => {
  const draw = () => {
    const random = keyedRandom('jitter', 42, 'A', 3, 7);
    return [random.int(31), random.int(31), random.chance(0.5), random.float()];
  };
  assert.deepEqual(draw(), draw());
  // A run that a newer version resumes must draw the same numbers.
  assert.deepEqual(keyed(5), EXPECTED);
});

test('keys that differ in one part, or in its type, give other numbers', () => {
  const streams = [['a', 1], ['a', 2], ['b', 1], ['a', '1'], ['a1'], ['a', 1, 0]].map((key) =>
    keyedRandom(...key).float(),
  );
  assert.equal(new Set(streams).size, streams.length);
});

test('whole numbers are uniform, with both ends', () => {
  const counts = new Array<number>(7).fill(0);
  for (let key = 0; key < 7000; key++) counts[keyedRandom('uniform', key).int(7)]!++;
  // Six degrees of freedom: beyond 35 is less likely than one in 100,000. The keys are fixed, so this is not flaky.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.ok(chiSquared < 35, `counts ${counts.join(' ')}`);
});

function keyed(count: number): number[] {
  const random = keyedRandom('fixed', 1);
  return Array.from({ length: count }, () => random.int(1000));
}

const EXPECTED = [946, 358, 727, 301, 570];
