import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { loadTensorFlow } from '../../src/engine/native.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { commandLine } from './rig.js';

before(() => loadTensorFlow());

/** A folder with a bundle and photographs, and the command line in it. */
async function setup(t: TestContext) {
  const { cwd, runner } = await commandLine(t);
  const generator = generatorOf(GENERATORS['ResNet']!);
  await write('weights', generator, join(cwd, 'bundle'));
  mkdirSync(join(cwd, 'photos/deep'), { recursive: true });
  const noise = (width: number, height: number) =>
    sharp(Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251), { raw: { width, height, channels: 3 } }); // prettier-ignore
  await noise(16, 16).png().toFile(join(cwd, 'photos/square.png'));
  await noise(30, 17).jpeg().toFile(join(cwd, 'photos/deep/wide.jpg'));
  writeFileSync(join(cwd, 'photos/broken.png'), 'no image');
  return { cwd, generator, translate: (...argv: string[]) => runner('translate', 'bundle', ...argv) };
}

test('a folder is translated as the network translates, at each image’s own size; a bad file is named', async (t) => {
  const { cwd, generator, translate } = await setup(t);
  const { code, out } = await translate('photos', '--out', 'out');
  assert.equal(code, 1);
  assert.match(out, /the bundle of toy-12345678, AtoB/);
  assert.match(out, /broken[.]png is .*It is passed over/);
  assert.match(out, /2 translated, 1 passed over: out/);
  assert.deepEqual(readdirSync(join(cwd, 'out')).sort(), ['.translations.json', 'deep', 'square.png']);
  const { width, height, format } = await sharp(join(cwd, 'out/deep/wide.jpg')).metadata();
  assert.deepEqual([width, height, format], [30, 17, 'jpeg']);

  const input = await sharp(join(cwd, 'photos/square.png')).raw().toBuffer();
  const found = await sharp(join(cwd, 'out/square.png')).raw().toBuffer();
  const expected = tf.tidy(() => {
    const x = tf.sub<tf.Tensor4D>(tf.div(tf.tensor4d(Float32Array.from(input), [1, 16, 16, 3]), 127.5), 1);
    const y = generator.network.apply(generator.weights, x);
    return tf.clipByValue(tf.round(tf.mul(tf.add(y, 1), 127.5)), 0, 255).dataSync();
  });
  const largest = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  assert.ok(largest <= 1, `${largest}`); // A value between two may be rounded either way.

  const again = await translate('photos', '--out', 'out');
  assert.match(again.out, /0 translated, 2 there already, 1 passed over: out/);
});

test('several processes translate each image once', async (t) => {
  const { cwd, translate } = await setup(t);
  const { out } = await translate('photos', '--out', 'out', '--jobs', '2', '--format', 'png');
  assert.match(out, /2 translated, 1 passed over: out/);
  assert.ok(existsSync(join(cwd, 'out/deep/wide.png')));
});

test('one image may be written to a file', async (t) => {
  const { cwd, translate } = await setup(t);
  const first = await translate('photos/square.png', '--out', 'one.webp', '--side-by-side');
  assert.equal(first.code, 0, first.err);
  const { width, format } = await sharp(join(cwd, 'one.webp')).metadata();
  assert.deepEqual([width, format], [32, 'webp']);
  const second = await translate('photos/square.png', '--out', 'one.webp');
  assert.equal(second.code, 2);
  assert.match(second.err, /one[.]webp is there already[^]*--force/);
});

test('an image’s file is never replaced by its translation', async (t) => {
  const { cwd, translate } = await setup(t);
  const before = readFileSync(join(cwd, 'photos/square.png'));
  for (const argv of [
    ['photos', '--out', 'photos', '--force'],
    ['photos/square.png', '--out', 'photos/square.png', '--force'],
  ]) {
    const { code, err } = await translate(...argv);
    assert.equal(code, 1);
    assert.match(err, /where the inputs are/);
  }
  assert.deepEqual(readFileSync(join(cwd, 'photos/square.png')), before);
});

for (const [what, argv, message, code] of [
  ['no image', ['empty', '--out', 'out'], /no image in what was given/, 1],
  ['a missing file', ['nowhere.png', '--out', 'out'], /There is no file or folder/, 2],
  [
    'the other direction',
    ['photos', '--out', 'out', '--direction', 'BtoA'],
    /has no generator for --direction BtoA/,
    1,
  ],
  ['many images to one file', ['photos', '--out', 'one.png'], /--out one[.]png is one image/, 2],
  ['a size of nothing', ['photos', '--out', 'out', '--size', 'large'], /--size takes keep, fit, a number/, 2],
  ['a shard of none', ['photos', '--out', 'out', '--shard', '3/2'], /--shard takes i\/n/, 2],
] as const) {
  test(`${what} is a mistake with an explanation, and nothing is written`, async (t) => {
    const { cwd, translate } = await setup(t);
    mkdirSync(join(cwd, 'empty'));
    const found = await translate(...argv);
    assert.equal(found.code, code);
    assert.match(found.err, message);
    const left = existsSync(join(cwd, 'out'))
      ? readdirSync(join(cwd, 'out')).filter((name) => !name.startsWith('.'))
      : [];
    assert.deepEqual(left, []);
  });
}

test('a run that is not there is a mistake', async (t) => {
  const { runner } = await commandLine(t);
  const { code, err } = await runner('translate', 'nothing', 'a.png', '--out', 'out');
  assert.equal(code, 2);
  assert.match(err, /There is no run "nothing"/);
});
