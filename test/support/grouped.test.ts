import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped } from '../../src/support/grouped.js';

const FOREVER = 1e6;
const upTo = (most: number) => (group: readonly number[]) => group.length < most;
const sameSign = (group: readonly number[], next: number) => Math.sign(group[0]!) === Math.sign(next);

async function* listed<T>(...items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('a group ends where the next item does not join it', async () => {
  assert.deepEqual(await all(grouped(listed(1, 2, -1, -2, -3, 4), sameSign, FOREVER)), [[1, 2], [-1, -2, -3], [4]]);
  assert.deepEqual(await all(grouped(listed(1, 2, 3, 4, 5), upTo(2), FOREVER)), [[1, 2], [3, 4], [5]]);
});

test('no items are no groups', async () => {
  assert.deepEqual(await all(grouped(listed<number>(), upTo(2), FOREVER)), []);
});

test('a group does not wait for an item that is slow', async () => {
  const arrived: ((value: number) => void)[] = [];
  const items = (async function* () {
    yield 1;
    yield await new Promise<number>((resolve) => arrived.push(resolve));
  })();
  const groups = grouped(items, upTo(8), 5);
  assert.deepEqual((await groups.next()).value, [1]);
  const second = groups.next();
  arrived[0]!(2);
  assert.deepEqual((await second).value, [2]);
});

test('a failure is thrown after the items before it', async () => {
  const items = (async function* () {
    yield* listed(1, 2);
    throw new Error('lost');
  })();
  const found: (readonly number[])[] = [];
  await assert.rejects(async () => {
    for await (const group of grouped(items, upTo(8), FOREVER)) found.push(group);
  }, /lost/);
  assert.deepEqual(found, [[1, 2]]);
});

test('who stops taking groups ends the items', async () => {
  let ended = false;
  const items = (async function* () {
    try {
      for (let i = 0; ; i++) yield await Promise.resolve(i);
    } finally {
      ended = true;
    }
  })();
  for await (const group of grouped(items, upTo(3), FOREVER)) if (group.length === 3) break;
  assert.ok(ended);
});
