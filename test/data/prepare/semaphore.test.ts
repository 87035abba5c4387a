import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Semaphore } from '../../../src/data/prepare/decoding/semaphore.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a semaphore never exceeds its total and serves callers in order', async () => {
  const allowance = new Semaphore(10);
  const got: string[] = [];
  const take = async (name: string, amount: number) => {
    const release = await allowance.take(amount);
    got.push(name);
    return release;
  };
  const first = await take('first', 6);
  const large = take('large', 5);
  const small = take('small', 1);
  await turn();
  assert.deepEqual(got, ['first']);
  first();
  await Promise.all([large, small]);
  assert.deepEqual(got, ['first', 'large', 'small']);
});

test('a semaphore grants its whole total to a request for more than that', async () => {
  const allowance = new Semaphore(10);
  const release = await allowance.take(1000);
  let alone = true;
  const next = allowance.take(1).then(() => (alone = false));
  await turn();
  assert.ok(alone);
  release();
  await next;
});
