import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { pairedTruth, trainingPairs } from '../../../src/data/batches/pairs.js';
import { DecoderPool } from '../../../src/data/prepare/decoding/decoder-pool.js';
import { writeStore } from '../../../src/data/prepare/store-writer.js';
import { pairs, type PairsOptions } from '../../../src/data/sources/pairs/pairs-source.js';
import { openStore, type PreparedStore, type StoreSplit } from '../../../src/data/store/prepared-store.js';
import type { DatasetSite } from '../../../src/registry/kinds/dataset.js';
import { OPTIONS, recordsIn, storeOf, work } from '../rig.js';
import { quietWork } from '../quiet-work.js';
import { namesOf, ownCache, problemsOf, put, temporaryFolder } from './rig.js';

ownCache();

/** Two images side by side, of one colour each: red and green are `number`, blue is 10 on the left and 20 on the right. */
async function combined(number: number, width = 16): Promise<Buffer> {
  const pixels = Array.from({ length: width * 8 }, (_, i) => [number, number, i % width < width / 2 ? 10 : 20]);
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height: 8, channels: 3 } }) // prettier-ignore
    .png()
    .toBuffer();
}

/** @param folders the number of images in each; all images have different numbers */
async function folderOf(t: TestContext, folders: Readonly<Record<string, number>>): Promise<string> {
  const dir = await temporaryFolder(t);
  let number = 100;
  for (const [folder, count] of Object.entries(folders)) {
    for (let i = 1; i <= count; i++) await put(dir, { [`${folder}/${i}.png`]: await combined(number++) });
  }
  return dir;
}

const source = (path: string, options: Partial<PairsOptions> = {}, site: Partial<DatasetSite> = {}) =>
  pairs.create(
    { path, order: 'AB', test_share: 0.1, split_seed: 0, ...options },
    { limit: null, imageSize: 8, ...site },
  );

/** `100/10 101/10`: number and blue of each image of a split; the whole image must have that colour. */
async function shown(store: PreparedStore, split: StoreSplit): Promise<string> {
  const found: string[] = [];
  for (let index = 0; index < store.count(split); index++) {
    const { data } = await store.read(split, index);
    const colours = new Set(Array.from({ length: data.length / 3 }, (_, i) => `${data[i * 3]!}/${data[i * 3 + 2]!}`));
    found.push([...colours].join('+'));
  }
  return found.join(' ');
}

test('the left half of each file is an image of A and the right half of B, and each is the other’s truth', async (t) => {
  const store = await storeOf(t, source(await folderOf(t, { train: 3, test: 2 })));
  assert.equal(await shown(store, 'trainA'), '100/10 101/10 102/10');
  assert.equal(await shown(store, 'trainB'), '100/20 101/20 102/20');
  assert.equal(await shown(store, 'testA'), '103/10 104/10');
  assert.equal(await shown(store, 'truthA'), '103/20 104/20');
  assert.equal(await shown(store, 'truthB'), await shown(store, 'testA'));
  assert.equal(await shown(store, 'sampleB'), '100/20');
  assert.deepEqual((await trainingPairs(store)).B, [0, 1, 2]);
  assert.equal((await pairedTruth(store, 'test')).count, 2);
});

test('worker threads decode the same halves', async (t) => {
  const dir = await temporaryFolder(t);
  const from = source(await folderOf(t, { train: 3, test: 2 }));
  await writeStore(dir, from, OPTIONS, { ...work(), decoder: new DecoderPool({ threads: 1 }) });
  const store = await openStore(dir);
  t.after(() => store.close());
  assert.equal(await shown(store, 'trainB'), '100/20 101/20 102/20');
  assert.equal(await shown(store, 'truthB'), '103/10 104/10');
});

test('order: BA swaps the domains and gives another identity', async (t) => {
  const dir = await folderOf(t, { train: 2, test: 1 });
  const store = await storeOf(t, source(dir, { order: 'BA' }));
  assert.equal(await shown(store, 'trainA'), '100/20 101/20');
  assert.equal(await shown(store, 'truthA'), '102/10');
  assert.notDeepEqual(await source(dir, { order: 'BA' }).identity(), await source(dir).identity());
});

test('images of pairs are named by their file and domain', async (t) => {
  const names = await namesOf(source(await folderOf(t, { train: 2, val: 1 })));
  assert.deepEqual(names, {
    trainA: ['train/1.png (A)', 'train/2.png (A)'],
    trainB: ['train/1.png (B)', 'train/2.png (B)'],
    testA: ['val/1.png (A)'],
    testB: ['val/1.png (B)'],
  });
});

test('test images come from the folder test, or from val if there is none', async (t) => {
  const noted = async (folders: Readonly<Record<string, number>>) => {
    const from = source(await folderOf(t, folders));
    const work = quietWork();
    await from.prepare!(work);
    return [(await from.list('testA'))[0]!.name, ...work.notes];
  };
  assert.deepEqual(await noted({ train: 2, val: 1 }), ['val/1.png (A)']);
  assert.deepEqual(await noted({ train: 2, val: 1, test: 1 }), ['test/1.png (A)']);
});

test('beside test, the images of val are validation images with their true translations', async (t) => {
  const [all, testless] = [
    { train: 2, test: 1, val: 2 },
    { train: 2, val: 2 },
  ];
  const from = source(await folderOf(t, all));
  assert.deepEqual((await from.validation!('valB')).map(({ name }) => name), ['val/1.png (B)', 'val/2.png (B)']); // prettier-ignore
  const store = await storeOf(t, from);
  assert.deepEqual(['valA', 'valB', 'valTruthA'].map((split) => store.count(split as StoreSplit)), [2, 2, 2]); // prettier-ignore
  assert.deepEqual(await store.read('valTruthA', 1), await store.read('valB', 1));
  assert.deepEqual(await source(await folderOf(t, testless)).validation!('valA'), []);
});

test('without both folders of tests, complete pairs are kept for tests', async (t) => {
  const dir = await folderOf(t, { train: 12 });
  const from = source(dir, { test_share: 0.25 });
  const { trainA, trainB, testA, testB } = await namesOf(from);
  assert.deepEqual([trainA.length, testA.length], [9, 3]);
  const asA = (names: readonly string[]) => names.map((name) => name.replace('(B)', '(A)'));
  assert.deepEqual([asA(trainB), asA(testB)], [trainA, testA]);
  // A bad pair that is drawn is replaced in both domains by a good one with its truth.
  const isDrawn = async () =>
    (await source(dir, { test_share: 0.25 }).list('testA')).some(({ name }) => name === 'train/1.png (A)');
  let number = 0;
  do await put(dir, { 'train/1.png': await combined(++number, 1) });
  while (!(await isDrawn()));
  const store = await temporaryFolder(t);
  const written = await writeStore(store, source(dir, { test_share: 0.25 }), OPTIONS, work());
  assert.deepEqual(written!.replaced.map(({ bad }) => bad), [['train/1.png (A)'], ['train/1.png (B)']]); // prettier-ignore
  const opened = await openStore(store);
  t.after(() => opened.close());
  assert.deepEqual([opened.count('testA'), opened.count('truthA'), opened.count('trainA')], [3, 3, 8]);
  assert.deepEqual([(await pairedTruth(opened, 'test')).count, (await trainingPairs(opened)).count], [3, 8]);
});

test('a file that is not a pair is a bad image of both domains', async (t) => {
  const dir = await folderOf(t, { train: 2, test: 1 });
  await put(dir, { 'train/0.png': await combined(1, 1), 'train/00.png': '' });
  const store = await temporaryFolder(t);
  await writeStore(store, source(dir), OPTIONS, work());
  const bad = (await recordsIn(store)).flatMap((one) =>
    'reason' in one ? [`${one.split} ${one.name} ${one.reason}`] : [],
  );
  assert.deepEqual(bad, [
    'trainA train/0.png (A) is 1 pixel wide: two images cannot lie side by side in it',
    'trainA train/00.png (A) is empty (0 bytes)',
    'trainB train/0.png (B) is 1 pixel wide: two images cannot lie side by side in it',
    'trainB train/00.png (B) is empty (0 bytes)',
  ]);
});

test('prepared halves are copied from an earlier store, each for its own domain', async (t) => {
  const dir = await folderOf(t, { train: 3, test: 2 });
  const [first, second] = [await temporaryFolder(t), await temporaryFolder(t)];
  await writeStore(first, source(dir), OPTIONS, work());
  const again = await writeStore(second, source(dir, { order: 'BA' }), OPTIONS, { ...work(), earlier: [first] });
  assert.equal(again?.reused, 10);
  const store = await openStore(second);
  t.after(() => store.close());
  assert.equal(await shown(store, 'trainA'), '100/20 101/20 102/20');
  assert.equal(await shown(store, 'testB'), '103/10 104/10');
  assert.equal(await shown(store, 'truthB'), '103/20 104/20');
});

test('a folder in another layout is refused with the expected layout', async (t) => {
  const dir = await folderOf(t, { trainA: 1, trainB: 1 });
  const [apart] = await problemsOf(source(dir).identity());
  assert.equal(
    apart?.message,
    `dataset.path: there is no folder ${join(dir, 'train')}. Found beside it: the folders trainA, trainB.`,
  );
  assert.match(apart.cure!, /write dataset\.type: folder\./);
  const bare = await temporaryFolder(t);
  const [none] = await problemsOf(source(bare).identity());
  assert.match(none!.message, /Found beside it: no folders\.$/);
  assert.match(none!.cure!, /^It must contain the images in a folder train, /);
  assert.match(
    (await problemsOf(source(join(bare, 'gone')).identity()))[0]!.cure!,
    /^It must contain the images in a folder train, /,
  );
  await mkdir(join(bare, 'train'));
  await mkdir(join(bare, 'test'));
  const empty = await problemsOf(source(bare).identity());
  assert.deepEqual(empty.map(({ code }) => code), ['empty-domain', 'empty-domain']); // prettier-ignore
});

test('ignored files are counted against files, not against halves', async (t) => {
  const dir = await folderOf(t, { train: 2, test: 1 });
  await put(dir, { 'train/list.txt': 'text' });
  const work = quietWork();
  await source(dir).prepare!(work);
  assert.match(work.notes.join('\n'), /The other 3 are images\.$/);
});
