import assert from 'node:assert/strict';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { StoreOptions } from '../../../src/data/prepare/store-writer.js';
import { image } from '../rig.js';
import { colours, contentOf, hashedSource, written } from './rig.js';

const OLD: Partial<StoreOptions> = { load_size: 12, interpolation: 'bicubic' };

/** A data set with a store in `dir`, and a larger one that starts with other images. */
async function grown(t: TestContext) {
  const [trainA, testA] = [await colours('trainA', 9), await colours('testA', 4)];
  trainA[8] = image('deep.pgm', Buffer.from('P5 2 1 65535\n\0\x01\x0f\xff', 'latin1'));
  const { dir } = await written(t, await hashedSource({ trainA, testA }), OLD);
  const added = [...(await colours('trainA', 2, 50)), ...trainA, image('bad.png', Buffer.from('no'))];
  return { dir, trainA, source: await hashedSource({ trainA: added, testA: testA.slice(1) }) };
}

test('images of an earlier store are copied, and the result is the same to the byte', async (t) => {
  const { dir, source } = await grown(t);
  const fresh = await written(t, source, OLD);
  const grownStore = await written(t, source, OLD, { earlier: [dir] });
  assert.deepEqual(await contentOf(grownStore.dir), await contentOf(fresh.dir));
  // 9 of trainA, 3 of testA, and the grey images of trainB and testB.
  assert.deepEqual([fresh.reused, grownStore.reused], [0, 14]);
});

test('images copied from an earlier store are not read from the source', async (t) => {
  const { dir, trainA } = await grown(t);
  const source = await hashedSource({ trainA });
  const list: typeof source.list = async (split) =>
    (await source.list(split)).map((one) => ({ ...one, read: () => Promise.reject(new Error(`read ${one.name}`)) }));
  const { reused } = await written(t, { ...source, list }, OLD, { earlier: [dir] });
  assert.equal(reused, 9 + 3);
});

test('a store of another load_size provides its test images, and one of another interpolation nothing', async (t) => {
  const { dir, source } = await grown(t);
  const larger = await written(t, source, { ...OLD, load_size: 14 }, { earlier: [dir] });
  assert.equal(larger.reused, 3 + 1);
  assert.deepEqual(
    await contentOf(larger.dir),
    await contentOf((await written(t, source, { ...OLD, load_size: 14 })).dir),
  );
  assert.equal((await written(t, source, { ...OLD, interpolation: 'nearest' }, { earlier: [dir] })).reused, 0);
});

for (const [what, damage, taken] of [
  ['with a changed pixel', (dir) => overwrite(join(dir, 'trainA.rgb'), 12 * 12 * 3 * 4), 13],
  ['with a changed checksum', (dir) => overwrite(join(dir, 'trainA.sums'), 40), 0],
  ['that is cut off', (dir) => truncate(join(dir, 'trainA.rgb'), 500), 0],
  ['with a changed record', (dir) => rewrite(join(dir, 'pictures.jsonl'), '"width":16', '"width":17'), 0],
  ['of another decoder', (dir) => rewrite(join(dir, 'index.json'), /"decoder": "\d+/, '"decoder": "1'), 0],
  ['of another libvips', (dir) => rewrite(join(dir, 'index.json'), /libvips \d+/, 'libvips 1'), 0],
  ['without an index', (dir) => truncate(join(dir, 'index.json'), 10), 0],
] as [string, (dir: string) => Promise<void>, number][]) {
  test(`nothing wrong is copied from a store ${what}`, async (t) => {
    const { dir, source } = await grown(t);
    await damage(dir);
    const fresh = await written(t, source, OLD);
    const again = await written(t, source, OLD, { earlier: [dir, '/nowhere'] });
    assert.deepEqual(await contentOf(again.dir), await contentOf(fresh.dir));
    assert.equal(again.reused, taken);
  });
}

async function overwrite(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.from([0x5a, 0xa5]), 0, 2, position);
  await file.close();
}

async function rewrite(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  assert.notEqual(text.replace(from, to), text);
  await writeFile(path, text.replace(from, to));
}
