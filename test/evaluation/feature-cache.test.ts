import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { openStore } from '../../src/data/store/prepared-store.js';
import { writeStore } from '../../src/data/prepare/store-writer.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { realFeatures } from '../../src/evaluation/feature-cache.js';
import type { Features } from '../../src/registry/kinds/metric.js';
import type { Json } from '../../src/support/json.js';
import { numbered, OPTIONS, sourceOf, temporaryFolder, work } from '../data/rig.js';

before(() => loadTensorFlow());

/** More than a batch. */
const COUNT = 19;
const range = Array.from({ length: COUNT }, (_, i) => i);

/** The features of an image are its first red value and twice that; the logits of one of two kinds are its negative. */
async function rig(t: TestContext, { classifies = true } = {}) {
  const dir = await temporaryFolder(t);
  await writeStore(dir, await sourceOf({ testB: await numbered('testB', COUNT) }), OPTIONS, work());
  const store = await openStore(dir);
  t.after(() => store.close());
  let batches = 0;
  const extract = async (images: tf.Tensor4D): Promise<Features> => {
    batches++;
    const corner = tf.tidy(() => tf.mul(tf.add(tf.slice4d(images, [0, 0, 0, 0], [-1, 1, 1, 1]), 1), 127.5));
    const red = (await corner.data()) as Float32Array;
    corner.dispose();
    const values = Float32Array.from([...red].flatMap((value) => [value, 2 * value]));
    return { count: red.length, width: 2, values, ...(classifies && { logits: red.map((value) => -value) }) };
  };
  const images = (indices: readonly number[]) => indices.map((index) => ({ split: 'testB', index }) as const);
  const features = (identity: Json = 'mine', signal = new AbortController().signal, indices = range) =>
    realFeatures({ store, images: images(indices), identity, extract, signal });
  const file = async () => {
    const names = await readdir(join(dir, 'features'));
    assert.equal(names.length, 1, names.join());
    return join(dir, 'features', names[0]!);
  };
  return { dir, features, file, batches: () => batches };
}

describe('the features of real images', () => {
  test('are those of each image, in the order of the split, over several batches', async (t) => {
    const { features, batches } = await rig(t);
    const { count, width, values, logits } = await features();
    assert.deepEqual([count, width], [COUNT, 2]);
    assert.deepEqual([...values].map(Math.round), range.flatMap((red) => [red, 2 * red])); // prettier-ignore
    assert.deepEqual([...logits!].map(Math.round), range.map((red) => -red)); // prettier-ignore
    assert.ok(batches() > 1);
  });

  test('are computed once, and then read, bit for bit, without the network', async (t) => {
    const { features, file, batches } = await rig(t);
    const computed = await features();
    assert.match(await file(), /\/features\/[0-9a-f]{16}-testB\.f32$/);
    assert.deepEqual(await features(), computed);
    assert.equal(batches(), 2);
  });

  test('of a network that does not classify have no logits, also when read', async (t) => {
    const { features } = await rig(t, { classifies: false });
    assert.deepEqual(Object.keys(await features()), ['count', 'width', 'values']);
    assert.deepEqual(Object.keys(await features()), ['count', 'width', 'values']);
  });

  test('of another extractor are others', async (t) => {
    const { features, dir, batches } = await rig(t);
    await features({ weights: 'a' });
    await features({ weights: 'b' });
    assert.equal(batches(), 4);
    assert.equal((await readdir(join(dir, 'features'))).length, 2);
  });

  for (const [kind, damage] of Object.entries({
    'cut off': (bytes: Buffer) => bytes.subarray(0, -4),
    'longer than it was': (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(4)]),
    'changed in one bit': (bytes: Buffer) => ((bytes[bytes.length - 9]! ^= 1), bytes),
    'without its header': (bytes: Buffer) => bytes.subarray(bytes.indexOf('\n') + 1),
    'empty': () => Buffer.alloc(0), // prettier-ignore
    'text': () => Buffer.from('{}\n'), // prettier-ignore
  })) {
    test(`are computed again, and kept again, where the file is ${kind}`, async (t) => {
      const { features, file, batches } = await rig(t);
      const computed = await features();
      const whole = await readFile(await file());
      await writeFile(await file(), damage(Buffer.from(whole)));
      assert.deepEqual(await features(), computed);
      assert.equal(batches(), 4);
      assert.ok((await readFile(await file())).equals(whole));
    });
  }

  test('of other images at the same place are not taken for theirs', async (t) => {
    const [one, other] = [await rig(t), await rig(t)];
    await one.features();
    await other.features();
    const changed = await readFile(await one.file());
    const header = changed.toString('latin1', 0, changed.indexOf('\n'));
    const key = /"key":"([0-9a-f]+)"/.exec(header)![1]!;
    await writeFile(await other.file(), changed.toString('latin1').replace(key, key.replace(/^./, 'x')), 'latin1');
    await other.features();
    assert.equal(other.batches(), 4);
  });

  test('are computed by several processes at once without harm, and leave one whole file', async (t) => {
    const { features, file, batches } = await rig(t);
    const all = await Promise.all([features(), features(), features()]);
    assert.deepEqual(all[1], all[0]);
    assert.deepEqual(await features(), all[0]);
    assert.match(await file(), /f32$/);
    assert.equal(batches(), 6);
  });

  test('are given where they cannot be kept', async (t) => {
    const { features, dir, batches } = await rig(t);
    await writeFile(join(dir, 'features'), 'in the way');
    assert.equal((await features()).count, COUNT);
    assert.equal((await features()).count, COUNT);
    assert.equal(batches(), 4);
  });

  test('are given up when the user stops', async (t) => {
    const { features } = await rig(t);
    const reason = new Error('stopped');
    await assert.rejects(features('mine', AbortSignal.abort(reason)), reason);
  });

  test('of a part of a split are kept by themselves', async (t) => {
    const { features, dir, batches } = await rig(t);
    const signal = new AbortController().signal;
    await features();
    const part = await features('mine', signal, [3, 1]);
    assert.deepEqual([...part.values].map(Math.round), [3, 6, 1, 2]);
    assert.deepEqual(await features('mine', signal, [3, 1]), part);
    assert.equal(batches(), 3);
    assert.equal((await readdir(join(dir, 'features'))).length, 2);
  });

  test('leave no tensors behind', async (t) => {
    const { features } = await rig(t);
    const before = tf.memory().numTensors;
    await features('x');
    assert.equal(tf.memory().numTensors, before);
  });
});
