import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitByContent, type Hashed } from '../../../src/data/sources/arranged/split-by-content.js';
import { sha256 } from '../../../src/support/hash.js';

const image = (content: string, name = `${content}.jpg`): Hashed => ({ name, hash: sha256(content) });
const images = (count: number) => Array.from({ length: count }, (_, i) => image(String(i)));
const OPTIONS = { test_share: 0.1, split_seed: 0 };
const tests = (list: readonly Hashed[], options = OPTIONS) =>
  new Set(splitByContent(list, options)!.test.map(({ hash }) => hash));

test('the split keeps the share for tests, at least one image and at most all but one', () => {
  for (const [count, share, expected] of [
    [100, 0.1, 10],
    [5, 0.1, 1],
    [2, 0.9, 1],
    [10, 0.99, 9],
    [3, 0.5, 2],
  ] as const) {
    const { train, test } = splitByContent(images(count), { ...OPTIONS, test_share: share })!;
    assert.deepEqual([train.length, test.length], [count - expected, expected]);
  }
  assert.equal(splitByContent(images(1), OPTIONS), undefined);
  assert.equal(splitByContent([], OPTIONS), undefined);
});

test('the split depends on the seed and on contents, not on names and order', () => {
  const list = images(100);
  const renamed = [...list].reverse().map(({ hash }, i) => ({ name: `${i}`, hash: hash! }));
  assert.deepEqual(tests(renamed), tests(list));
  assert.notDeepEqual(tests(list, { ...OPTIONS, split_seed: 1 }), tests(list));
});

test('an added image moves at most one other', () => {
  for (let count = 20; count < 60; count++) {
    const [before, after] = [tests(images(count)), tests(images(count + 1))];
    const gone = [...before].filter((hash) => !after.has(hash));
    const come = [...after].filter((hash) => !before.has(hash));
    assert.ok(gone.length <= 1 && come.length <= 1, `${count}: ${gone.length} gone, ${come.length} come`);
  }
});

test('copies of an image are in the same split', () => {
  const list = images(50).flatMap((one) => [one, { ...one, name: `copy of ${one.name}` }]);
  const { train, test } = splitByContent(list, OPTIONS)!;
  assert.equal(test.length, 10);
  const trained = new Set(train.map(({ hash }) => hash));
  assert.ok(test.every(({ hash }) => !trained.has(hash)));
});

test('unreadable images stay in training', () => {
  const broken = { name: 'broken.jpg' };
  const { train, test } = splitByContent([broken, ...images(10)], OPTIONS)!;
  assert.ok(train.includes(broken));
  assert.equal(test.length, 1);
});
