import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Batcher } from '../../../src/serving/engine/batcher.js';
import { until, WITHIN } from '../../until.js';

interface Item {
  readonly id: number;
  readonly shape: string;
}

/** A batcher whose batches end when the test says so. */
function setup({ most = 2, delay = 0, isMoreComing = false } = {}) {
  const clock = { now: 0 };
  const batches: (readonly Item[])[] = [];
  const ends: (() => void)[] = [];
  const batcher = new Batcher<Item>({
    classOf: ({ shape }) => ({ shape, most }),
    delay,
    isMoreComing: () => isMoreComing,
    now: () => performance.now() + clock.now,
    run: (batch) => {
      batches.push(batch);
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  const add = (...items: Item[]) => items.forEach((item) => batcher.add(item));
  const begun = (count: number) =>
    until(`${count} batches`, { within: WITHIN.process, look: () => batches.length, is: (seen) => seen >= count });
  const end = async (count: number) => {
    await begun(count);
    ends[count - 1]!();
  };
  return { clock, batcher, add, begun, end, ids: () => batches.map((batch) => batch.map(({ id }) => id)) };
}

const of = (shape: string) => (id: number) => ({ id, shape });
const [square, wide] = [of('square'), of('wide')];

test('pieces of one class are done together, the oldest first, up to as many as may be', async () => {
  const { add, begun, end, ids } = setup();
  add(square(1));
  await begun(1);
  add(wide(2), square(3), square(4), wide(5), square(6));
  await end(1);
  await end(2);
  await end(3);
  await begun(4);
  assert.deepEqual(ids(), [[1], [2, 5], [3, 4], [6]]);
});

test('a batch begins at once when it is full, however long it might wait', async () => {
  const { add, begun, ids } = setup({ delay: 1e6 });
  add(square(1));
  add(square(2));
  await begun(1);
  assert.deepEqual(ids(), [[1, 2]]);
});

test('a batch that does not fill begins when its oldest piece has waited long enough', async () => {
  const { add, begun, ids } = setup({ delay: 5 });
  add(square(1));
  assert.deepEqual(ids(), []);
  await begun(1);
  assert.deepEqual(ids(), [[1]]);
});

test('a piece that is taken away is not done', async () => {
  const { batcher, add, begun, end, ids } = setup();
  add(square(1));
  await begun(1);
  add(square(2), square(3));
  batcher.remove(({ id }) => id === 2);
  await end(1);
  await begun(2);
  assert.deepEqual(ids(), [[1], [3]]);
});

test('batches are powers of two; the others wait for the next', async () => {
  const { add, begun, end, ids } = setup({ most: 8 });
  add(square(0));
  await begun(1);
  for (let id = 1; id <= 7; id++) add(square(id));
  await end(1);
  await end(2);
  await end(3);
  await begun(4);
  assert.deepEqual(ids(), [[0], [1, 2, 3, 4], [5, 6], [7]]);
});

test('while others are on their way, a batch waits for them as long as it is worth', async () => {
  const { add, begun, end, ids, clock } = setup({ most: 4, isMoreComing: true });
  add(square(1));
  await begun(1);
  clock.now += 1e7; // So long does that batch take: what is worth to wait is longer than this test.
  add(square(2), square(3));
  await end(1);
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(ids(), [[1]]);
  add(square(4), square(5));
  await begun(2);
  assert.deepEqual(ids(), [[1], [2, 3, 4, 5]]);
});

test('where none is on its way, a batch does not wait for more than its delay', async () => {
  const { add, begun, end, ids, clock } = setup({ most: 4 });
  add(square(1));
  await begun(1);
  clock.now += 1e7;
  add(square(2), square(3));
  await end(1);
  await begun(2);
  assert.deepEqual(ids(), [[1], [2, 3]]);
});

test('it goes on after a time without work', async () => {
  const { add, begun, end, ids } = setup();
  add(square(1));
  await end(1);
  add(square(2));
  await end(2);
  add(square(3));
  await begun(3);
  assert.deepEqual(ids(), [[1], [2], [3]]);
});
