import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { openTranslator } from '../../src/app/open-translator.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { temporaryFolder } from '../data/folder.js';
import { problemOf } from '../problem-of.js';

before(() => loadTensorFlow());

async function bundle(t: TestContext): Promise<string> {
  const dir = await temporaryFolder(t);
  await write('weights', generatorOf(GENERATORS['ResNet']!), join(dir, 'bundle'));
  return dir;
}

const picture = { width: 21, height: 13, data: Uint8Array.from({ length: 21 * 13 * 3 }, (_, i) => (i * 37) % 256) };
const encoded = () =>
  sharp(picture.data, { raw: { width: 21, height: 13, channels: 3 } })
    .png()
    .toBuffer();

test('a file, its bytes and its pixels have the same translation, which can be encoded and saved', async (t) => {
  const dir = await bundle(t);
  const file = join(dir, 'a.png');
  writeFileSync(file, await encoded());
  const translator = await openTranslator(join(dir, 'bundle'));
  assert.deepEqual([translator.direction, translator.imageSize], ['AtoB', 16]);
  const [one, two, three] = [
    await translator.translate(file),
    await translator.translate(await encoded()),
    await translator.translate(picture),
  ];
  assert.deepEqual([one.width, one.height], [21, 13]);
  assert.deepEqual(one.data, two.data);
  assert.deepEqual(one.data, three.data);
  await one.save(join(dir, 'out/b.tiff'));
  assert.deepEqual(await sharp(join(dir, 'out/b.tiff')).raw().toBuffer(), Buffer.from(one.data));
  assert.deepEqual(
    await sharp(await one.encode('png'))
      .raw()
      .toBuffer(),
    Buffer.from(one.data),
  );
  await assert.rejects(one.save(join(dir, 'c.txt')), RangeError);
  translator.dispose();
});

test('many images are translated in their order', async (t) => {
  const dir = await bundle(t);
  const translator = await openTranslator(join(dir, 'bundle'), { size: 16 });
  const images = [4, 5, 6, 7, 8, 9, 10].map((side) => ({ width: side, height: side, data: Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * side * 37) % 256) })); // prettier-ignore
  const expected: Uint8Array[] = [];
  for (const image of images) expected.push((await translator.translate(image)).data);
  const found: Uint8Array[] = [];
  for await (const { data } of translator.translateAll(images)) found.push(data);
  assert.equal(found.length, expected.length);
  // Those of one size are translated together, which may round a value to the other side.
  for (const [i, data] of found.entries())
    assert.ok(
      data.every((value, k) => Math.abs(value - expected[i]![k]!) <= 1),
      `${i}`,
    );
  translator.dispose();
});

test('a translator keeps no tensor', async (t) => {
  const dir = await bundle(t);
  const before = tf.memory().numTensors;
  const translator = await openTranslator(join(dir, 'bundle'));
  await translator.translate(picture);
  translator.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('a file that is no image is a problem with its name, and a folder without a generator too', async (t) => {
  const dir = await bundle(t);
  writeFileSync(join(dir, 'a.png'), 'text');
  const translator = await openTranslator(join(dir, 'bundle'));
  const problem = await problemOf(translator.translate(join(dir, 'a.png')));
  assert.equal(problem.code, 'undecodable-image');
  assert.match(problem.message, /a[.]png is not an image/);
  await assert.rejects(translator.translate(join(dir, 'gone.png')), { code: 'ENOENT' });
  translator.dispose();
  assert.equal((await problemOf(openTranslator(join(dir, 'nothing')))).code, 'unknown-run');
});
