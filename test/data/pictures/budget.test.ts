import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pixelBudget, withinBudget } from '../../../src/data/pictures/budget.js';

const MILLION = 1e6;

test('huge pictures wait for each other, so that no more than 200 million pixels are decoded at once', async () => {
  const budget = pixelBudget();
  let now = 0;
  let most = 0;
  const one = (pixels: number) =>
    withinBudget(budget, pixels, async () => {
      now += pixels;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= pixels;
    });
  await Promise.all([90, 90, 90, 150, 30, 178].map((millions) => one(millions * MILLION)));
  assert.ok(most <= 200 * MILLION && most >= 180 * MILLION, String(most));
  assert.equal(budget[0], 0);
});

test('small pictures never wait', async () => {
  const budget = pixelBudget();
  let finish = () => {};
  const huge = withinBudget(budget, 178 * MILLION, () => new Promise<void>((resolve) => (finish = resolve)));
  assert.equal(await withinBudget(budget, MILLION, () => Promise.resolve('done')), 'done');
  finish();
  await huge;
});

test('a picture that cannot be decoded gives its room back', async () => {
  const budget = pixelBudget();
  await assert.rejects(
    withinBudget(budget, 150 * MILLION, () => Promise.reject(new Error('damaged'))),
    /damaged/,
  );
  assert.equal(budget[0], 0);
});
