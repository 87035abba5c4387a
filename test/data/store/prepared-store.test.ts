import assert from 'node:assert/strict';
import { open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openStore } from '../../../src/data/store/prepared-store.js';
import { writeStore } from '../../../src/data/prepare/store-writer.js';
import {
  image,
  numbered,
  OPTIONS,
  plain,
  problemsOf,
  recordsIn,
  sourceOf,
  storeOf,
  temporaryFolder,
  work,
} from '../rig.js';

test('a store returns the images of its source in order, at the requested sizes', async (t) => {
  const source = await sourceOf({ trainA: await numbered('trainA', 40), testB: await numbered('testB', 3) });
  const store = await storeOf(t, source, { load_size: 12 });
  assert.equal(store.count('trainA'), 40);
  for (const index of [0, 39, 17]) {
    const { data, width, height } = await store.read('trainA', index);
    assert.deepEqual([data.length, width, height], [12 * 12 * 3, 12, 12]);
    assert.deepEqual([...data.slice(-3)], [index, 0, 0]);
  }
  assert.equal((await store.read('testB', 2)).width, 8);
  assert.equal((await store.read('sampleA', 0)).width, 8);
  assert.deepEqual([store.count('sampleA'), store.count('sampleB')], [1, 1]);
  assert.deepEqual([store.count('truthA'), store.count('truthB')], [0, 0]);
  await store.verify();
});

test('reading an image index that does not exist throws', async (t) => {
  const store = await storeOf(t, await sourceOf({}));
  for (const index of [-1, 1, 0.5, NaN]) await assert.rejects(store.read('trainA', index), RangeError);
  await assert.rejects(store.read('truthA', 0), RangeError);
});

test('true translations have the indices of their test images, also after a bad image', async (t) => {
  const [black, white] = [await plain('#000').png().toBuffer(), await plain('#fff').png().toBuffer()];
  const withTruth = (name: string, bytes: Uint8Array, truth: Uint8Array) => ({
    ...image(name, bytes),
    truth: () => Promise.resolve(truth),
  });
  const testA = [
    withTruth('bad', Buffer.from('no'), white),
    withTruth('black', black, white),
    withTruth('white', white, black),
  ];
  const store = await storeOf(t, await sourceOf({ testA }));
  assert.deepEqual([store.count('testA'), store.count('truthA')], [2, 2]);
  assert.deepEqual([(await store.read('testA', 0)).data[0], (await store.read('testA', 1)).data[0]], [0, 255]);
  assert.equal((await store.read('truthA', 0)).data[0], 255);
  assert.equal((await store.read('truthA', 1)).data[0], 0);
});

test('bad images are skipped and recorded with their reasons', async (t) => {
  const dir = await temporaryFolder(t);
  const good = await numbered('trainA', 2);
  const trainA = [image('zero.jpg', Buffer.alloc(0)), good[0]!, image('text.jpg', Buffer.from('hello')), good[1]!];
  const written = await writeStore(dir, await sourceOf({ trainA }), OPTIONS, work());
  const reported = (await recordsIn(dir)).filter(({ split }) => split === 'trainA');
  assert.deepEqual(
    reported.map((image) => [image.name, 'reason' in image ? image.reason : image.index]),
    [
      ['zero.jpg', 'is empty (0 bytes)'],
      ['trainA/0.png', 0],
      ['text.jpg', 'is not an image: it is text'],
      ['trainA/1.png', 1],
    ],
  );
  assert.equal(written?.index.splits.trainA.skipped, 2);
});

test('the sample is the first good image, in the networks’ size', async (t) => {
  const good = await numbered('trainA', 3);
  const trainA = [image('zero.jpg', Buffer.alloc(0)), good[1]!, good[2]!];
  const store = await storeOf(t, await sourceOf({ trainA }), { load_size: 12 });
  const { data, width } = await store.read('sampleA', 0);
  assert.deepEqual([width, data[0]], [8, 1]);
});

test('on_bad_image: fail throws a problem with the name, the reason and the cure', async (t) => {
  const source = await sourceOf({ trainB: [image('trainB/x.jpg', Buffer.alloc(0))] });
  const dir = await temporaryFolder(t);
  const [problem] = await problemsOf(writeStore(dir, source, { ...OPTIONS, on_bad_image: 'fail' }, work()));
  assert.equal(problem?.message, 'trainB/x.jpg is empty (0 bytes).');
  assert.match(problem.cure ?? '', /on_bad_image: skip/);
});

test('a domain without a good image is a problem', async (t) => {
  const dir = await temporaryFolder(t);
  const bad = Array.from({ length: 5 }, (_, i) => image(`testB/${i}.jpg`, Buffer.alloc(0)));
  const [problem] = await problemsOf(writeStore(dir, await sourceOf({ testB: bad }), OPTIONS, work()));
  assert.equal(problem?.code, 'empty-domain');
  assert.match(
    problem.message,
    /None of the 5 images of testB can be used: 5 x "is empty \(0 bytes\)"\.\s+testB\/0.jpg is empty/,
  );
  const [empty] = await problemsOf(writeStore(dir, await sourceOf({ testA: [] }), OPTIONS, work()));
  assert.match(empty!.message, /no images in testA/);
});

test('preparing reports every image in order and stops when aborted', async (t) => {
  const dir = await temporaryFolder(t);
  const source = await sourceOf({ trainA: await numbered('trainA', 20) });
  const reported: number[] = [];
  await writeStore(
    dir,
    source,
    OPTIONS,
    work(undefined, (done, total) => reported.push(done / total)),
  );
  assert.deepEqual(
    reported,
    Array.from({ length: 23 }, (_, i) => (i + 1) / 23),
  );

  const stop = new AbortController();
  const stopped = await temporaryFolder(t);
  const result = await writeStore(
    stopped,
    source,
    OPTIONS,
    work(stop.signal, (done) => {
      if (done === 5) stop.abort();
    }),
  );
  assert.equal(result, undefined);
  await assert.rejects(stat(join(stopped, 'index.json')), { code: 'ENOENT' });
});

test('preparing keeps only a few images in memory', async (t) => {
  const bytes = await plain('#777').png().toBuffer();
  let [reading, most] = [0, 0];
  const list = Array.from({ length: 300 }, (_, i) => ({
    name: String(i),
    async read() {
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setImmediate(resolve));
      return bytes;
    },
  }));
  await writeStore(
    await temporaryFolder(t),
    await sourceOf({ trainA: list }),
    OPTIONS,
    work(undefined, () => reading--),
  );
  assert.ok(most <= 2 * (await import('node:os')).availableParallelism() + 4, `${most} at once`);
});

async function damaged(t: TestContext, damage: (dir: string) => Promise<void>) {
  const dir = await temporaryFolder(t);
  await writeStore(dir, await sourceOf({ trainA: await numbered('trainA', 3) }), OPTIONS, work());
  await damage(dir);
  return dir;
}

for (const [what, damage, message] of [
  ['no index', (dir) => rm(join(dir, 'index.json')), /index\.json is missing/],
  ['an index that is cut off', (dir) => truncate(join(dir, 'index.json'), 100), /index\.json is damaged/],
  [
    'an index of another version',
    (dir) => rewrite(join(dir, 'index.json'), '"format": 2', '"format": 99'),
    /another version/,
  ],
  [
    'a count that does not fit',
    (dir) => rewrite(join(dir, 'index.json'), '"count": 3', '"count": 4'),
    /the checksum of .*trainA\.sums differs/,
  ],
  ['a missing split', (dir) => rm(join(dir, 'trainA.rgb')), /trainA\.rgb is missing/],
  [
    'changed checksums',
    (dir) => rewrite(join(dir, 'trainA.sums'), /^./su, '!'),
    /the checksum of .*trainA\.sums differs/,
  ],
  [
    'a split that is cut off',
    (dir) => truncate(join(dir, 'trainA.rgb'), 500),
    /has 500 bytes, expected 576 \(3 images of 8x8\)/,
  ],
] as [string, (dir: string) => Promise<void>, RegExp][]) {
  test(`opening a store reports ${what}, with the cure`, async (t) => {
    const [problem] = await problemsOf(openStore(await damaged(t, damage)));
    assert.equal(problem?.code, 'corrupt-store');
    assert.match(problem.message, message);
    assert.match(problem.cure ?? '', /--force preprocess/);
  });
}

test('reading an image reports a changed byte, and a file that was truncated while open', async (t) => {
  const dir = await damaged(t, async (dir) => {
    const file = await open(join(dir, 'trainA.rgb'), 'r+');
    await file.write(Buffer.from([99]), 0, 1, 300);
    await file.close();
  });
  const store = await openStore(dir);
  t.after(() => store.close());
  for (const find of [() => store.verify(), () => store.read('trainA', 1)])
    assert.match((await problemsOf(find()))[0]!.message, /the checksum of image 1 of .*trainA\.rgb differs/);
  await truncate(join(dir, 'trainA.rgb'), 400);
  await store.read('trainA', 0);
  assert.match((await problemsOf(store.read('trainA', 2)))[0]!.message, /ends at byte 400/);
});

async function rewrite(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(path, 'latin1');
  assert.notEqual(text.replace(from, to), text);
  await writeFile(path, text.replace(from, to), 'latin1');
}
