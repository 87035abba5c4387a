import assert from 'node:assert/strict';
import fs, { mkdir, readFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { AdaptiveDecoder } from '../../../src/data/prepare/decoding/adaptive-decoder.js';
import { decodeTask, type DecodeTask } from '../../../src/data/prepare/decoding/decode-result.js';
import type { Decoder } from '../../../src/data/prepare/decoding/decoder.js';
import { DecoderPool } from '../../../src/data/prepare/decoding/decoder-pool.js';
import { PixelFile } from '../../../src/data/prepare/pixel-file.js';
import { Preparer } from '../../../src/data/prepare/preparer.js';
import { writeStore } from '../../../src/data/prepare/store-writer.js';
import { image, numbered, OPTIONS, plain, problemsOf, put, sourceOf, temporaryFolder, work } from '../rig.js';
import { colours, contentOf, hashedSource, written } from './rig.js';

/** Decodes on this thread and counts; earlier images take longer than later ones. */
class SlowAtFirst implements Decoder {
  readonly width = 8;
  underWay = 0;
  most = 0;
  #left = 40;

  async decode(task: DecodeTask) {
    this.most = Math.max(this.most, ++this.underWay);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, this.#left--) / 4));
    const made = await decodeTask(task);
    this.underWay--;
    return made;
  }

  close = () => Promise.resolve();
}

test('a store is the same to the byte for any decoder and any order of completion', async (t) => {
  const trainA = [
    image('bad.jpg', Buffer.from('no')),
    ...(await colours('trainA', 30)),
    image('empty', Buffer.alloc(0)),
  ];
  const source = await sourceOf({ trainA, testB: await colours('testB', 5) });
  const options = { load_size: 12, interpolation: 'bicubic' } as const;
  const decoders = [
    new AdaptiveDecoder(),
    new DecoderPool({ threads: 1 }),
    new DecoderPool({ threads: 3 }),
    new SlowAtFirst(),
  ];
  const [first, ...others] = await Promise.all(
    decoders.map(async (decoder) => contentOf((await written(t, source, options, { decoder })).dir)),
  );
  for (const other of others) assert.deepEqual(other, first);
  assert.deepEqual(Object.keys(first!).includes('findings.json'), true);
});

test('workers that read the files themselves write the same store, also for large, missing and bad files', async (t) => {
  const dir = await temporaryFolder(t);
  const large = await plain('#123', 2500, 2000).jpeg().toBuffer();
  const contents = {
    '1.png': await plain('#abc').png().toBuffer(),
    'large.jpg': large,
    'text.jpg': 'text',
    'empty.jpg': '',
  };
  await put(dir, contents);
  const names = [...Object.keys(contents), 'gone.jpg'];
  const trainA = names.map((name) => ({ name, file: join(dir, name), read: () => readFile(join(dir, name)) }));
  const [read, unread] = await Promise.all(
    [trainA, trainA.map(({ name, read }) => ({ name, read }))].map(async (images) => {
      const source = await sourceOf({ trainA: images });
      return contentOf((await written(t, source, {}, { decoder: new DecoderPool({ threads: 2 }) })).dir);
    }),
  );
  assert.deepEqual(read, unread);
  assert.equal(read!['pictures.jsonl']!.match(/"split":"trainA".*"reason"/g)?.length, 3);
});

test('bad images anywhere leave no gap among pixels that workers write, nor behind them', async (t) => {
  const dir = await temporaryFolder(t);
  const good = await Promise.all((await colours('trainA', 120)).map((one) => one.read()));
  // Single ones, several in a row, first and last.
  const isBad = (i: number) => i < 2 || i === 116 || i === 119 || (i % 17 === 5 && i < 90) || (i > 60 && i < 75);
  await put(dir, Object.fromEntries(good.map((bytes, i) => [`${i}.png`, isBad(i) ? 'no image' : bytes])));
  const list = good.map((_, i) => ({
    name: `${i}.png`,
    file: join(dir, `${i}.png`),
    read: () => readFile(join(dir, `${i}.png`)),
  }));
  const source = await sourceOf({ trainA: list, testA: list.map((one) => ({ ...one, truth: one.read })) });
  const [there, here] = await Promise.all(
    [new DecoderPool({ threads: 3 }), new SlowAtFirst()].map(async (decoder) =>
      contentOf((await written(t, source, { max_bad: 1 }, { decoder })).dir),
    ),
  );
  assert.deepEqual(there, here);
  assert.equal(there!['trainA.sums']!.length / 32, good.filter((_, i) => !isBad(i)).length);
});

test('a worker that cannot write fails the preparation with the file system’s error, and makes no image bad', async (t) => {
  const dir = await temporaryFolder(t);
  const decoder = new DecoderPool({ threads: 1 });
  t.after(() => decoder.close());
  const bytes = await plain('#abc').png().toBuffer();
  const to = { path: join(dir, 'missing', 'trainA.rgb'), offset: 0 };
  await assert.rejects(decoder.decode({ bytes, fits: [{ resize: 'stretch', to: 8 }], interpolation: 'nearest', to }), {
    code: 'ENOENT',
  });
});

test('images are decoded up to the decoder’s width, and few are read before it can take them', async (t) => {
  const decoder = new SlowAtFirst();
  let [read, done, most] = [0, 0, 0];
  const trainA = (await colours('trainA', 100)).map((one) => ({
    ...one,
    read: () => ((most = Math.max(most, ++read - done)), one.read()),
  }));
  await written(t, await sourceOf({ trainA }), {}, { decoder, ...work(undefined, (at) => (done = at)) });
  assert.equal(decoder.most, 8);
  assert.ok(most <= 9, `${most} read ahead`);
});

test('large files are in memory a few at a time', async () => {
  let [decoding, most] = [0, 0];
  const decoder: Decoder = {
    width: 16,
    async decode() {
      most = Math.max(most, ++decoding);
      await new Promise((resolve) => setImmediate(resolve));
      decoding--;
      return { reason: 'is large' };
    },
    close: () => Promise.resolve(),
  };
  const preparer = new Preparer(decoder, { find: () => Promise.resolve(undefined) }, 'nearest');
  // Counts as 100 MB: the content is never read.
  const large = image('large', { length: 100e6 } as Uint8Array);
  await Promise.all(Array.from({ length: 16 }, () => preparer.prepare(large, [{ resize: 'stretch', to: 8 }])));
  assert.equal(most, 2);
});

test('an abort stops preparing while an image is being decoded', async (t) => {
  const stop = new AbortController();
  let closed: (why: Error) => void = () => undefined;
  const decoder: Decoder = {
    width: 4,
    decode: () => new Promise((_, reject) => ((closed = reject), setImmediate(() => stop.abort()))),
    close: () => Promise.resolve(closed(new Error('closed'))),
  };
  const dir = await temporaryFolder(t);
  const result = await writeStore(dir, await sourceOf({}), OPTIONS, { ...work(stop.signal), decoder });
  assert.equal(result, undefined);
});

test('more bad images than max_bad are a problem that counts them by reason, names ten and says how to accept more', async (t) => {
  const bad = Array.from({ length: 13 }, (_, i) => image(`trainA/${i}.jpg`, Buffer.from(i < 12 ? '' : 'text')));
  const source = await sourceOf({ trainA: [...(await colours('trainA', 37)), ...bad] });
  const [problem] = await problemsOf(written(t, source, { max_bad: 0.25 }));
  assert.equal(problem?.code, 'too-many-bad');
  assert.match(
    problem.message,
    /^13 images of trainA are bad after 50 of 50 images, more than dataset\.max_bad allows \(0\.25\)/,
  );
  assert.match(problem.message, /12 x "is empty \(0 bytes\)", 1 x "is not an image/);
  assert.equal(problem.message.match(/trainA\/\d+\.jpg/g)?.length, 10);
  assert.match(problem.message, /and 3 more/);
  assert.match(problem.cure ?? '', /larger dataset\.max_bad/);
  assert.equal((await written(t, source, { max_bad: 0.26 })).index.splits.trainA.skipped, 13);
});

test('too many bad images stop preparing as soon as there are too many', async (t) => {
  let read = 0;
  const all = [
    ...Array.from({ length: 12 }, (_, i) => image(`${i}.jpg`, Buffer.alloc(0))),
    ...(await colours('trainA', 108)),
  ];
  const trainA = all.map((one) => ({ ...one, read: () => (read++, one.read()) }));
  const decoder = new SlowAtFirst();
  const [problem] = await problemsOf(written(t, await sourceOf({ trainA }), { max_bad: 0.05 }, { decoder }));
  assert.match(problem!.message, /^7 images of trainA are bad after 7 of 120 images, .*\(0\.05\)/);
  assert.ok(read <= 7 + decoder.width, `${read} read`);
});

test('a file that cannot be created leaves no other file open', async (t) => {
  const dir = await temporaryFolder(t);
  await mkdir(join(dir, 'trainA.sums'));
  const opening = t.mock.method(fs, 'open');
  // Modules that import it by name use the mock, too.
  syncBuiltinESMExports();
  const creation = PixelFile.create(dir, 'trainA', 8).finally(() => {
    opening.mock.restore();
    syncBuiltinESMExports();
  });
  await assert.rejects(creation, { code: 'EISDIR' });
  const [images] = opening.mock.calls;
  assert.equal((await images!.result!).fd, -1);
});

test('an image that has changed since the run was planned stops preparing', async (t) => {
  const source = await hashedSource({ trainA: await colours('trainA', 2) });
  const list = async (split: 'trainA' | 'trainB' | 'testA' | 'testB') => {
    const images = await source.list(split);
    return split === 'trainA' ? [images[0]!, { ...images[1]!, hash: images[0]!.hash! }] : images;
  };
  const [problem] = await problemsOf(written(t, { ...source, list }));
  assert.match(problem!.message, /trainA\/1\.png has changed/);
});

test('the index records the source of the images and the decoder', async (t) => {
  const source = {
    ...(await sourceOf({ trainA: await numbered('trainA', 2) })),
    provenance: () => Promise.resolve({ url: 'here' }),
  };
  const { index } = await written(t, source, { interpolation: 'bilinear' });
  assert.deepEqual([index.source, index.interpolation], [{ url: 'here' }, 'bilinear']);
  assert.match(index.decoder, /^\d+, libvips \d+\.\d+\.\d+$/);
});
