import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pairedTruth, trainingPairs } from '../../../src/data/batches/pairs.js';
import { writeStore } from '../../../src/data/prepare/store-writer.js';
import { openStore } from '../../../src/data/store/prepared-store.js';
import type { Split } from '../../../src/registry/kinds/dataset.js';
import { image, OPTIONS, plain, problemsOf, sourceOf, storeOf, temporaryFolder, work } from '../rig.js';

const good = await plain('#808080').png().toBuffer();
const bad = new Uint8Array(0);

/** A store of images with these names; those with an exclamation mark are bad and skipped. */
async function stored(t: TestContext, splits: Partial<Record<Split, string>>) {
  const images = (names: string) =>
    names.split(' ').map((name) => image(name.replace('!', ''), name.endsWith('!') ? bad : good));
  const lists = Object.entries(splits).map(([split, names]) => [split, images(names)]);
  return storeOf(t, await sourceOf(Object.fromEntries(lists) as never));
}

test('images are paired by their names, in the order of A', async (t) => {
  const store = await stored(t, { trainA: 'A/1.jpg A/2.jpg A/3.jpg', trainB: 'B/3.png B/1.png B/2.png' });
  assert.deepEqual(await trainingPairs(store), { count: 3, A: [0, 1, 2], B: [1, 2, 0], leftOut: [] });
});

test('a bad image leaves its partner without a pair and shifts no other pair', async (t) => {
  const store = await stored(t, { trainA: 'A/1 A/2! A/3 A/4 A/5', trainB: 'B/1 B/2 B/3 B/4! B/5' });
  // The store has 1 3 4 5 in A, and 1 2 3 5 in B.
  assert.deepEqual(await trainingPairs(store), {
    count: 3,
    A: [0, 1, 3],
    B: [0, 2, 3],
    leftOut: [
      { split: 'trainA', partner: 'bad', count: 1, names: ['A/4'] },
      { split: 'trainB', partner: 'bad', count: 1, names: ['B/2'] },
    ],
  });
});

test('good images without a partner are left out and counted, with the first names', async (t) => {
  const store = await stored(t, { trainA: 'A/0! A/1 A/2 A/3 A/4 A/5 A/6', trainB: 'B/2 B/7 B/3!' });
  assert.deepEqual((await trainingPairs(store)).leftOut, [
    { split: 'trainA', partner: 'missing', count: 4, names: ['A/1', 'A/4', 'A/5'] },
    { split: 'trainA', partner: 'bad', count: 1, names: ['A/3'] },
    { split: 'trainB', partner: 'missing', count: 1, names: ['B/7'] },
  ]);
});

test('a data set without any pair is a problem with the counts, two names and a cure', async (t) => {
  const store = await stored(t, { trainA: 'A/cat A/dog', trainB: 'B/tree B/house B/lake' });
  assert.deepEqual(await problemsOf(trainingPairs(store)), [
    {
      code: 'no-pairs',
      message:
        'Images are paired by their names, and none of 2 images of trainA and 3 of trainB has a partner: see A/cat and B/tree, for example.',
      cure: 'Give both images of a pair the same name, such as trainA/1.jpg and trainB/1.jpg (or 1_A.jpg and 1_B.jpg), or train by a method that needs no pairs.',
    },
  ]);
});

test('a bad image in every pair is a problem that names them', async (t) => {
  const store = await stored(t, { trainA: 'A/1! A/2', trainB: 'B/1 B/2!' });
  assert.deepEqual(await problemsOf(trainingPairs(store)), [
    {
      code: 'no-pairs',
      message:
        'No pair of 2 images of trainA and 2 of trainB is complete, as bad images were skipped: one of A/1 and B/1, for example.',
      cure: 'Repair the bad images: pictures.jsonl in the folder of the prepared images gives the reason for each.',
    },
  ]);
});

test('good test images with equal names are each other’s true translations', async (t) => {
  const store = await stored(t, { testA: 'A/1 A/2! A/3 A/4', testB: 'B/0 B/1 B/2 B/3 B/4!' });
  // The store has 1 3 4 in A, and 0 1 2 3 in B.
  const truth = await pairedTruth(store, 'test');
  assert.equal(truth.count, 2);
  assert.deepEqual([0, 1, 2, 3].map((index) => truth.partner('A', index)), [1, 3, undefined, undefined]); // prettier-ignore
  assert.deepEqual([0, 1, 2, 3].map((index) => truth.partner('B', index)), [undefined, 0, undefined, 1]); // prettier-ignore
});

test('a data set without pairs has no true translations and no problem', async (t) => {
  const truth = await pairedTruth(await stored(t, { testA: 'A/cat A/dog', testB: 'B/tree B/house' }), 'test');
  assert.deepEqual([truth.count, truth.partner('A', 0), truth.partner('B', 0)], [0, undefined, undefined]);
});

test('images of a pair that differ in shape are a problem that names them; other sizes of one shape are none', async (t) => {
  const sized = async (name: string, width: number, height: number) =>
    image(name, await plain('#808080', width, height).png().toBuffer());
  const store = async (...[w, h]: [number, number]) => {
    const [a, b] = [[await sized('A/1', 60, 40), await sized('A/2', 9, 9)], [await sized('B/1', w, h), await sized('B/2', 9, 9)]]; // prettier-ignore
    return storeOf(t, await sourceOf({ trainA: a, trainB: b, testA: a, testB: b }));
  };
  for (const [w, h] of [[30, 20], [61, 40], [120, 80]] as const) assert.equal((await trainingPairs(await store(w, h))).count, 2); // prettier-ignore
  const wrong = await store(40, 60);
  const [problem] = await problemsOf(trainingPairs(wrong));
  assert.equal(problem!.code, 'pair-sizes');
  assert.equal(problem!.message, 'The images of 1 pair differ in shape (training): A/1 is 60 x 40, B/1 is 40 x 60.');
  assert.match((await problemsOf(pairedTruth(wrong, 'test')))[0]!.message, /\(test\)/);
});

test('changed records are a problem instead of wrong pairs', async (t) => {
  const dir = await temporaryFolder(t);
  await writeStore(dir, await sourceOf({}), OPTIONS, work());
  await appendFile(join(dir, 'pictures.jsonl'), '{"split":"trainA","name":"x","index":1}\n');
  const store = await openStore(dir);
  t.after(() => store.close());
  for (const ask of [trainingPairs, (from: typeof store) => pairedTruth(from, 'test')]) {
    assert.match((await problemsOf(ask(store)))[0]!.message, /the checksum of .*pictures\.jsonl differs/);
  }
});
