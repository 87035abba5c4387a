import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitPairs, type Parts } from '../../../src/data/sources/arranged/split-pairs.js';
import { splitByContent, type Hashed } from '../../../src/data/sources/arranged/split-by-content.js';
import { sha256 } from '../../../src/support/hash.js';

const image = (name: string, content = name): Hashed => ({ name, hash: sha256(content) });
const domain = (folder: string, count: number) =>
  Array.from({ length: count }, (_, i) => image(`${folder}/${i}.jpg`, `${folder} ${i}`));
const OPTIONS = { test_share: 0.2, split_seed: 3 };
const numbers = (images: readonly Hashed[]) => images.map(({ name }) => /\d+/.exec(name)![0]).sort();

test('pairs stay together, and the share of them is kept for tests', () => {
  const { A, B } = splitPairs(domain('A', 20), domain('B', 20).reverse(), OPTIONS)!;
  assert.deepEqual([A.train.length, A.test.length, B.train.length, B.test.length], [16, 4, 16, 4]);
  assert.deepEqual(numbers(A.test), numbers(B.test));
});

test('the images of A that are drawn are those that A alone would draw', () => {
  const a = domain('A', 20);
  assert.deepEqual(splitPairs(a, domain('B', 20), OPTIONS)!.A, splitByContent(a, OPTIONS));
});

test('images without a partner, and pairs that cannot be read, stay with training', () => {
  const a = [...domain('A', 10), image('A/alone.jpg'), { name: 'A/bad.jpg' }];
  const b = [...domain('B', 10), image('B/bad.jpg'), image('B/lone.jpg')];
  const { A, B } = splitPairs(a, b, { ...OPTIONS, test_share: 0.99 })!;
  assert.deepEqual(numbers(A.test), numbers(B.test));
  assert.equal(A.test.length, 9);
  const trained = ({ train }: Parts<Hashed>) =>
    train.map(({ name }) => name).filter((name) => /[a-z]{3,}\./.test(name));
  assert.deepEqual(
    [trained(A), trained(B)],
    [
      ['A/alone.jpg', 'A/bad.jpg'],
      ['B/bad.jpg', 'B/lone.jpg'],
    ],
  );
});

test('copies of an image are on the same side, with the partners of all of them', () => {
  // Of A, the images 2i and 2i+1 are the same; of B, 2i+1 and 2i+2.
  const chain = [0, 1, 2, 3, 4, 5];
  const joined = [
    ...chain.map((i) => [image(`A/${i}.jpg`, `a ${i >> 1}`), image(`B/${i}.jpg`, `b ${(i + 1) >> 1}`)] as const),
    [image('A/90.jpg'), image('B/90.jpg')] as const,
  ];
  const [a, b] = [joined.map(([inA]) => inA), joined.map(([, inB]) => inB)];
  for (const split_seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const { A, B } = splitPairs(a, b, { test_share: 0.5, split_seed })!;
    assert.deepEqual(numbers(A.test), numbers(B.test));
    assert.ok([1, 6].includes(A.test.length), `${A.test.length}`);
  }
});

test('fewer than two different pairs cannot be divided', () => {
  assert.equal(splitPairs(domain('A', 1), domain('B', 1), OPTIONS), undefined);
  assert.equal(splitPairs(domain('A', 5), [image('B/x.jpg'), image('B/y.jpg')], OPTIONS), undefined);
});
