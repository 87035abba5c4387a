import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neverShown, epochOrder } from '../../../src/data/batches/epoch-order.js';

/** The images that the first epochs show, in their order. */
function shown(count: number, perEpoch: number, buffer: number | null, epochs: number, seed = 1): number[] {
  const order = epochOrder('B', count, perEpoch, buffer, seed);
  const at = (i: number) => order(Math.floor(i / perEpoch), i % perEpoch);
  return Array.from({ length: epochs * perEpoch }, (_, i) => at(i));
}

test('neverShown counts exactly the images that no epoch shows, for any epoch length and buffer', () => {
  for (const [count, perEpoch, buffer] of [
    [20, 5, 1],
    [20, 5, 4],
    [20, 5, 15],
    [20, 5, 16],
    [20, 5, 1000],
    [20, 18, 1],
    [20, 20, 1],
    [20, 47, 3],
    [20, 5, null],
  ] as const) {
    // The last reachable image is drawn rarely: with a buffer of b, in one of some hundred epochs.
    const seen = new Set(shown(count, perEpoch, buffer, 3000));
    assert.equal(count - seen.size, neverShown(count, perEpoch, buffer), `${count}, ${perEpoch}, ${buffer}`);
  }
});

test('without a buffer, no image is shown again before all have been, in epochs shorter and longer than the domain', () => {
  for (const perEpoch of [3, 7, 10, 11, 25]) {
    const all = shown(10, perEpoch, null, 20);
    for (let start = 0; start + 10 <= all.length; start += 10) {
      assert.equal(new Set(all.slice(start, start + 10)).size, 10, `${perEpoch} an epoch, from ${start}`);
    }
  }
});

test('with a buffer, an epoch longer than the domain shows each image once a round', () => {
  for (const buffer of [1, 4, 10]) {
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = epochOrder('B', 10, 25, buffer, 1);
      const all = Array.from({ length: 25 }, (_, at) => order(epoch, at));
      assert.equal(new Set(all.slice(0, 10)).size, 10, all.join());
      assert.equal(new Set(all.slice(10, 20)).size, 10, all.join());
    }
  }
});

test('positions can be requested in any order', () => {
  const forward = shown(10, 4, null, 10);
  const order = epochOrder('B', 10, 4, null, 1);
  for (let i = 39; i >= 0; i--) assert.equal(order(Math.floor(i / 4), i % 4), forward[i]);
});

test('the order differs for each seed, domain, epoch and round', () => {
  const one = (domain: 'A' | 'B', seed: number, epoch: number, buffer: number | null) => {
    const order = epochOrder(domain, 20, 40, buffer, seed);
    return [0, 20].map((from) => Array.from({ length: 20 }, (_, i) => order(epoch, from + i)).join());
  };
  for (const buffer of [null, 20]) {
    const all = [one('A', 1, 0, buffer), one('B', 1, 0, buffer), one('A', 2, 0, buffer), one('A', 1, 1, buffer)].flat();
    assert.equal(new Set(all).size, 8, all.join('\n'));
  }
});
