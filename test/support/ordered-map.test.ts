import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderedMap } from '../../src/support/ordered-map.js';

/** Work that ends when the test says so. */
function manual() {
  const started: number[] = [];
  const ends = new Map<number, (value: string) => void>();
  const map = (item: number) => {
    started.push(item);
    return new Promise<string>((end) => ends.set(item, end));
  };
  return { started, map, end: (item: number) => ends.get(item)!(`done ${item}`) };
}

async function* lazily(items: readonly number[], taken: number[]): AsyncGenerator<number> {
  for (const item of items) {
    taken.push(item);
    yield await Promise.resolve(item);
  }
}

test('as many items as its width are worked on at once, no more are taken, and results keep their order', async () => {
  const { started, map, end } = manual();
  const taken: number[] = [];
  const results = orderedMap(lazily([1, 2, 3, 4, 5], taken), 3, map);
  const first = results.next();
  await new Promise(setImmediate);
  assert.deepEqual(started, [1, 2, 3]);
  assert.deepEqual(taken, [1, 2, 3]);
  end(3);
  end(2);
  end(1);
  assert.equal((await first).value, 'done 1');
  const second = results.next();
  assert.equal((await second).value, 'done 2');
  await new Promise(setImmediate);
  assert.deepEqual(started, [1, 2, 3, 4]);
  await results.return();
});

test('a list is mapped as a stream is', async () => {
  const found: string[] = [];
  for await (const value of orderedMap(['a', 'b', 'c'], 2, (item, i) => Promise.resolve(`${item}${i}`)))
    found.push(value);
  assert.deepEqual(found, ['a0', 'b1', 'c2']);
});

test('a failure is thrown in its turn, and closes the source', async () => {
  let isClosed = false;
  async function* source() {
    try {
      for (let i = 1; ; i++) yield await Promise.resolve(i);
    } finally {
      isClosed = true;
    }
  }
  const found: number[] = [];
  const work = async () => {
    const map = (item: number) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item));
    for await (const value of orderedMap(source(), 3, map)) found.push(value);
  };
  await assert.rejects(work(), /two/);
  assert.deepEqual(found, [1]);
  assert.ok(isClosed);
});
